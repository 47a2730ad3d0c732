-- `updated_at` moves with every change; when an order came to its status does not.
drop index dsco_order_sync_recent, dsco_order_sync_standing;
-- Also counts the orders of a status, and finds the one that stands there longest.
create index dsco_order_sync_standing on dsco_order_sync (status, status_since) include (hold_reason);

-- Payloads are written three times and read at every stage: the quick compression is for them, where the server was built with it.
do $$ begin
  alter table dsco_order_sync alter column payload set compression lz4;
exception when feature_not_supported then null;
end $$;
