CREATE TABLE "deleted_polls" (
	"poll_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"deleted_at" timestamp with time zone NOT NULL
);
