-- Orders, their timeline, and the ledger of effects at the partners.

create table dsco_order_sync (
  order_key            text primary key,
  dsco_order_id        text,
  po_number            text not null,
  retailer_id          text,
  -- A stable hash of the key, 0…63: the unit of locking and of sharing work out.
  partition            smallint not null check (partition between 0 and 63),

  status               smallint not null check (status between 1 and 6),
  status_since         timestamptz not null,
  -- Counts every change that a run's decision could depend on; an intent is refused when it moved since the claim.
  version              bigint not null default 1,

  dsco_status          text,
  dsco_lifecycle       text,
  -- Byte for byte as received: jsonb would refuse \u0000 and rewrite numbers.
  payload              json not null,
  payload_at           timestamptz not null,
  mskus                text[] not null default '{}',
  warehouse_id         text,
  shipment             text,
  -- [{"sku","warehouse","units"}]: what the order still asks for, kept back from stock while LingXing does not know the order.
  open_units           json not null default '[]',
  dsco_create_time     timestamptz,
  dsco_update_time     timestamptz,
  acknowledge_by       timestamptz,
  ship_by              timestamptz,
  invoice_by           timestamptz,

  -- Fixed by the first intent, never changed by the configuration afterwards.
  outgoing_number      text,
  outgoing_id_type     text,
  store_id             text,
  invoice_id           text,

  lingxing_order_numbers text[] not null default '{}',
  tracking_numbers     text[] not null default '{}',
  fulfilment           json,

  hold_reason          text,
  hold_facts           text,
  hold_since           timestamptz,
  hold_by              text,
  -- [{"reason","facts"}]: holds that a person released.
  accepted_holds       json not null default '[]',
  -- What someone wanted to do to the order while an effect was under way; applied when it settles.
  mark                 json,
  wait_reason          text,
  -- How often the slow cycle has looked in vain; doubles its pause.
  rechecks             integer not null default 0,
  -- When the stage last looked the order up at the partner by its number; null on entering a stage.
  looked_up_at         timestamptz,

  attempts             integer not null default 0,
  same_refusals        integer not null default 0,
  last_error_code      text,
  last_error_text      text,
  last_error_at        timestamptz,
  last_attempt         timestamptz,
  -- When a run should look at the order next; 'infinity' for a hold that nothing but a person or a change can cure.
  next_attempt         timestamptz not null,
  -- 1 for an order that a replay put first.
  priority             smallint not null default 0,

  created_at           timestamptz not null,
  updated_at           timestamptz not null
);

create index dsco_order_sync_due on dsco_order_sync (status, next_attempt) include (hold_reason) where status between 1 and 4;
-- Since when the longest standing order of a stage stands there.
create index dsco_order_sync_standing on dsco_order_sync (status, status_since) where status between 1 and 4 and hold_reason is null;
create index dsco_order_sync_po_number on dsco_order_sync (po_number);
create index dsco_order_sync_dsco_order_id on dsco_order_sync (dsco_order_id);
create index dsco_order_sync_held on dsco_order_sync (hold_reason, hold_since) where hold_reason is not null;
create index dsco_order_sync_waiting on dsco_order_sync (wait_reason) where wait_reason is not null;
-- Also counts the orders of a status.
create index dsco_order_sync_recent on dsco_order_sync (status, updated_at);
-- Never merged: two orders cannot go out under one number of one store.
create unique index dsco_order_sync_outgoing on dsco_order_sync (outgoing_number, store_id) where outgoing_number is not null;

-- The write-ahead ledger of effects: one row an effect.
create table submission (
  id             bigint generated always as identity primary key,
  stage          text not null,
  -- Null for stock, whose key is the SKU.
  order_key      text references dsco_order_sync (order_key),
  key            text not null,
  state          text not null check (state in ('intended', 'accepted', 'unknown', 'confirmed', 'rejected', 'superseded')),
  effect         json not null,
  attempts       integer not null default 1,
  run_id         uuid not null,
  request_id     text,
  answer_code    text,
  answer_words   text,
  created_at     timestamptz not null,
  sent_at        timestamptz,
  -- The permission to send ends here, on the sender's own clock.
  deadline_at    timestamptz not null,
  -- How often the partner was looked at in vain after deadline and settling time, and when last.
  absent_looks   integer not null default 0,
  absent_at      timestamptz,
  settled_at     timestamptz
);

-- One live row an effect. A stock figure may be sent again once it is settled.
create unique index submission_live on submission (stage, order_key, key) nulls not distinct
  where state in ('intended', 'accepted', 'unknown') or (state = 'confirmed' and stage <> 'stock');
create index submission_order on submission (order_key);
create index submission_open on submission (stage, order_key) where state in ('intended', 'accepted', 'unknown');

-- Append-only timeline: what happened to which order, in which run, by whom.
create table order_event (
  id         bigint generated always as identity primary key,
  order_key  text not null,
  at         timestamptz not null,
  kind       text not null,
  stage      text,
  run_id     uuid,
  by         text,
  text       text not null
);

create index order_event_order on order_event (order_key, id);
create index order_event_at on order_event (at);
