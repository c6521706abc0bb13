CREATE TABLE "dead_letters" (
	"id" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"died_at" timestamp with time zone NOT NULL
);
