-- How often a call of a partner may be made by the whole fleet: two token buckets, each kept as the instant at which it is full again.
create table call_budget (
  partner        text not null,
  call           text not null,
  -- When the call that was granted last may be made.
  granted_at     timestamptz not null,
  -- The bucket of a second, and that of a minute.
  second_full_at timestamptz not null,
  minute_full_at timestamptz not null,
  primary key (partner, call)
) with (fillfactor = 50);
