-- A row of the ledger changes its state three times, an order's row a dozen times: what an index stands on should change seldom, for only
-- then Postgres writes the new version without touching the indexes.

alter table submission
  -- The effect may be under way.
  add column is_open boolean not null generated always as (state in ('intended', 'accepted', 'unknown')) stored,
  -- The effect is under way or done: there is no second one. A stock figure may be sent again once it is settled.
  add column is_live boolean not null
    generated always as (state in ('intended', 'accepted', 'unknown') or (state = 'confirmed' and stage <> 'stock')) stored;

drop index submission_live, submission_order, submission_open;
-- One live row an effect; an order's rows are found by this index and the next.
create unique index submission_live on submission (order_key, stage, key) nulls not distinct where is_live;
create index submission_over on submission (order_key) where not is_live;
create index submission_open on submission (stage, order_key) where is_open;
alter table submission set (fillfactor = 70);

-- `updated_at` moves with every change; when an order came to its status does not.
drop index dsco_order_sync_recent, dsco_order_sync_standing;
-- Also counts the orders of a status, and finds the one that stands there longest.
create index dsco_order_sync_standing on dsco_order_sync (status, status_since) include (hold_reason);

-- Payloads are written three times and read at every stage: the quick compression is for them, where the server was built with it.
do $$ begin
  alter table dsco_order_sync alter column payload set compression lz4;
exception when feature_not_supported then null;
end $$;
