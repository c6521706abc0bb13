-- Webhooks: their deliveries by when they are due, secrets that sign on, endpoints that fail. Lists: of polls by the clock, letters from the
-- oldest on, tombstones by age, workspaces that retention asks for, deliveries that were given up.
ALTER TABLE "deliveries" ADD COLUMN "traceparent" text;--> statement-breakpoint
ALTER TABLE "polls" ADD COLUMN "opened" boolean;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "oldest_generation" integer;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "tried_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "dead_letters_oldest_first" ON "dead_letters" USING btree ("died_at","id");--> statement-breakpoint
CREATE INDEX "deleted_polls_by_time" ON "deleted_polls" USING btree ("deleted_at");--> statement-breakpoint
CREATE INDEX "deliveries_failed" ON "deliveries" USING btree ("workspace_id","webhook_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "deliveries"."state" = 'failed';--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_at") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_pending" ON "deliveries" USING btree ("webhook_id") WHERE "deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "polls_by_opening" ON "polls" USING btree ("workspace_id",(("definition" ->> 'opensAt')::bigint)) WHERE not "polls"."archived" and "polls"."phase" = 'open' and ("polls"."definition" ->> 'opensAt') is not null;--> statement-breakpoint
CREATE INDEX "polls_by_closing" ON "polls" USING btree ("workspace_id",(("definition" ->> 'closesAt')::bigint)) WHERE not "polls"."archived" and "polls"."phase" = 'open' and ("polls"."definition" ->> 'closesAt') is not null;--> statement-breakpoint
CREATE INDEX "workspaces_with_retention" ON "workspaces" USING btree ("id") WHERE "workspaces"."retention_days" is not null;