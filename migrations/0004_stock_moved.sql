-- When we last saw that DSCO moved its own stock figures because of the order: it takes off the units of an order that comes, and gives
-- back those that are cancelled. Null for orders that were stored before this column was there.
alter table dsco_order_sync add column stock_moved_at timestamptz;
create index dsco_order_sync_stock_moved on dsco_order_sync (stock_moved_at) where stock_moved_at is not null;
