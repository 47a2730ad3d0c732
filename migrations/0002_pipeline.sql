-- Runs, replays, cursors, what could not be understood, stock, configuration and fleet-wide budgets.

create table stage_run (
  id           uuid primary key,
  stage        text not null,
  -- The message that asked for it; a replay or manual tick keeps its id over its re-publications.
  tick_id      text not null,
  trigger      text not null,
  shard_index  integer not null,
  shard_of     integer not null,
  worker       text not null,
  started_at   timestamptz not null,
  ended_at     timestamptz,
  -- running, done, failed, continued (work is left and was re-published), locked_out, dropped, lost (the worker died in it)
  state        text not null,
  -- How many orders had which outcome.
  counts       json not null default '{}',
  error_code   text,
  error_text   text
);

create index stage_run_tick on stage_run (tick_id);
create index stage_run_recent on stage_run (stage, started_at);
create index stage_run_started on stage_run (started_at);
create index stage_run_running on stage_run (started_at) where state = 'running';

create table replay (
  id            text primary key,
  stage         text not null,
  filter        json not null,
  requested_by  text not null,
  reason        text,
  -- Orders; of a replay of pull, minutes of its window.
  total         integer not null default 0,
  done          integer not null default 0,
  -- Of a replay of pull: up to when its window is read.
  done_until    timestamptz,
  state         text not null check (state in ('open', 'done', 'failed', 'cancelled')),
  created_at    timestamptz not null,
  published_at  timestamptz,
  ended_at      timestamptz
);

create index replay_open on replay (created_at) where state = 'open';

-- The orders that a tick names: made due once, however often its message is published again.
create table replay_order (
  tick_id      text not null,
  order_key    text not null,
  -- Null for a tick of which no row of `replay` keeps track.
  replay_id    text references replay (id) on delete cascade,
  made_due_at  timestamptz,
  primary key (tick_id, order_key)
);

create index replay_order_replay on replay_order (replay_id) where replay_id is not null;

-- The last fire of each job: after a change of leader a missed fire is made up once.
create table job_fire (
  job       text primary key,
  fired_at  timestamptz not null
);

-- The one outstanding delayed `continue` of a stage and shard.
create table continuation (
  stage         text not null,
  shard_index   integer not null,
  shard_of      integer not null,
  tick_id       text not null,
  published_at  timestamptz not null,
  primary key (stage, shard_index, shard_of)
);

-- Up to when everything of a sweep is stored, and where it is inside its current window.
create table sweep_cursor (
  name          text not null,
  -- -1 for a sweep that is not kept per partition.
  partition     smallint not null default -1,
  done_until    timestamptz not null,
  window_end    timestamptz,
  scroll_id     text,
  page_at       timestamptz,
  updated_at    timestamptz not null,
  primary key (name, partition)
);

-- What could not be understood, as received.
create table quarantined_payload (
  id           bigint generated always as identity primary key,
  source       text not null,
  -- The order it seems to belong to, when that much could be read; else perhaps its poNumber.
  order_key    text,
  po_number    text,
  payload      bytea not null,
  digest       text not null,
  reason       text not null,
  first_seen   timestamptz not null,
  last_seen    timestamptz not null,
  times        integer not null default 1,
  resolved_at  timestamptz,
  unique (source, digest)
);

create index quarantined_payload_open on quarantined_payload (last_seen) where resolved_at is null;
create index quarantined_payload_order on quarantined_payload (order_key) where resolved_at is null;
create index quarantined_payload_po on quarantined_payload (po_number) where resolved_at is null and order_key is null;

-- Stock history: a row for what changed or differs, all once a day.
create table dsco_warehouse_sync (
  id                 bigint generated always as identity primary key,
  at                 timestamptz not null,
  run_id             uuid not null,
  sku                text not null,
  warehouse_code     text not null,
  lingxing_quantity  integer not null,
  dsco_quantity      integer,
  difference         integer,
  -- sent, confirmed, refused, unchanged, not_sent, conflict, unknown_sku, superseded
  result             text not null,
  words              text
);

create index dsco_warehouse_sync_sku on dsco_warehouse_sync (sku, at);
create index dsco_warehouse_sync_at on dsco_warehouse_sync (at);

-- The last confirmed figure per SKU, and what is remembered about it.
create table stock_level (
  sku             text primary key,
  -- [{"code","quantity"}] in order of the codes; null before the first confirmation.
  warehouses      json,
  confirmed_at    timestamptz,
  -- Consecutive complete passes in which LingXing did not list the SKU.
  missing_passes  integer not null default 0,
  -- DSCO does not know the SKU; tried again daily.
  unknown_at      timestamptz,
  last_error      text,
  updated_at      timestamptz not null
);

create table runtime_config (
  domain      text primary key,
  version     integer not null,
  document    json not null,
  changed_by  text not null,
  changed_at  timestamptz not null
);

create table runtime_config_history (
  domain      text not null,
  version     integer not null,
  document    json not null,
  changed_by  text not null,
  changed_at  timestamptz not null,
  primary key (domain, version)
);

-- Fleet-wide budgets: one row a partner's path and slot.
create table remote_limit (
  partner     text not null,
  path        text not null,
  slot        integer not null,
  busy_until  timestamptz not null default '-infinity',
  holder      text,
  started_at  timestamptz,
  primary key (partner, path, slot)
);

-- The one live LingXing token of an app id, encrypted with a key derived from the app's secret.
create table access_token (
  app_id         text primary key,
  sealed         bytea not null,
  expires_at     timestamptz not null,
  renewed_at     timestamptz not null
);
