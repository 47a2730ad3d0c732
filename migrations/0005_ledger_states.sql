-- A row of the ledger changes its state three times, an order's row a dozen times: what an index stands on should change seldom, for only
-- then Postgres writes the new version without touching the indexes. Workers of the version before look rows up slowly from here on, and
-- stock's intents fail, until they are replaced.

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
-- A rewritten table is not analyzed by itself.
analyze submission;
