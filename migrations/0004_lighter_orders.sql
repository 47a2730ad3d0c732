-- Rows of orders that cost less to move: their payload lies beside them, and pull knows by a digest what it has.

alter table dsco_order_sync
  -- When we last saw that DSCO moved its own stock figures because of the order: it takes off the units of an order that comes, and gives
  -- back those that are cancelled. Null for orders that were stored before this column was there.
  add column stock_moved_at timestamptz,
  -- MD5 of the payload, in hex. Null for orders that were stored before this column was there.
  add column payload_digest text;
create index dsco_order_sync_stock_moved on dsco_order_sync (stock_moved_at) where stock_moved_at is not null;

-- An order's row is written some ten times on its way, its payload three times: out of line it is not copied with every step.
alter table dsco_order_sync set (toast_tuple_target = 128, fillfactor = 85);
