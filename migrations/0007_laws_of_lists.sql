-- For lists of polls by the clock, letters from the oldest on, tombstones by age, and workspaces that retention asks for.
CREATE INDEX "dead_letters_oldest_first" ON "dead_letters" USING btree ("died_at","id");--> statement-breakpoint
CREATE INDEX "deleted_polls_by_time" ON "deleted_polls" USING btree ("deleted_at");--> statement-breakpoint
CREATE INDEX "polls_by_opening" ON "polls" USING btree ("workspace_id",(("definition" ->> 'opensAt')::bigint)) WHERE not "polls"."archived" and "polls"."phase" = 'open' and ("polls"."definition" ->> 'opensAt') is not null;--> statement-breakpoint
CREATE INDEX "polls_by_closing" ON "polls" USING btree ("workspace_id",(("definition" ->> 'closesAt')::bigint)) WHERE not "polls"."archived" and "polls"."phase" = 'open' and ("polls"."definition" ->> 'closesAt') is not null;--> statement-breakpoint
CREATE INDEX "workspaces_with_retention" ON "workspaces" USING btree ("id") WHERE "workspaces"."retention_days" is not null;