-- Only a payload is to lie beside its row. With a target of 128 bytes so did whatever else is longer than a few words: seven values an order
-- instead of one, each with an index entry of its own to write and to read by. And a new version that finds room on its page, and changes
-- nothing that is indexed (an invoice gets its number), is written into no index.
alter table dsco_order_sync set (toast_tuple_target = 1024, fillfactor = 70);
