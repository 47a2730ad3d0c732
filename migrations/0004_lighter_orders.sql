-- Rows of orders that cost less to move: their payload lies beside them, and pull knows by a digest what it has.

alter table dsco_order_sync
  -- MD5 of the payload, in hex. Null for orders that were stored before this column was there.
  add column payload_digest text;

-- An order's row is written some ten times on its way, its payload three times: out of line it is not copied with every step.
alter table dsco_order_sync set (toast_tuple_target = 128, fillfactor = 85);

-- The key is the DSCO order id wherever there is one.
drop index dsco_order_sync_dsco_order_id;

-- When we last saw that DSCO moved its own figure of a SKU: it takes off the units of an order that comes, and gives back those that are
-- cancelled.
create table stock_move (
  sku       text primary key,
  moved_at  timestamptz not null
) with (fillfactor = 50);
-- What moved before is not known: every figure goes once more.
insert into stock_move (sku, moved_at) select sku, now() from stock_level;
