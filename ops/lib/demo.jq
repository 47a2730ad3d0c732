# What became of the demo's orders, against what the sandbox means to become of them.
#
# Input: {"orders": Conveyor's (conveyor orders --json), "sandbox": the sandbox's (/sandbox/orders), "status": conveyor status --json,
#         "effects": /sandbox/effects}

def outcome:
    if .status == 5 then "invoiced"
    elif .status == 6 then "cancelled"
    elif .hold then "held:" + .hold.reason
    elif .waiting then "waiting:" + .waiting
    else "under way" end;

# Nothing is sent for an order that was shipped elsewhere, but it ends where ours end.
def meant: [.expected] + .alternatives | map(if . == "shipped_elsewhere" then "invoiced" else . end);

def counted: group_by(.) | map({key: .[0], value: length}) | from_entries;

(.orders | map({key: .dsco_order_id, value: .}) | from_entries) as $ours
| [.sandbox[] | . + {ours: $ours[.dsco_order_id]} | . + {outcome: (if .ours then .ours | outcome else "no row" end)}] as $all
| [$all[] | select(.expected != "invisible" and .expected != "quarantined")] as $visible
| [$all[] | select(.expected == "quarantined")] as $unreadable
| {
    orders: ($all | length),
    by_status: ($ours | map(.status | tostring) | counted),
    held: ([$ours[] | select(.hold) | .hold.reason] | counted),
    waiting: ([$ours[] | select(.hold == null and .waiting and .status < 5) | .waiting] | counted),
    invisible: ([$all[] | select(.expected == "invisible")] | length),
    quarantined: .status.quarantined,
    in_doubt: ([.status.stages[].in_doubt] | add),
    meant: ($visible | map(.expected) | counted),
    # An order that ends otherwise than it is meant to, or not at all.
    missing: [
        ($visible[] | select(.outcome as $outcome | meant | index($outcome) | not) | {po_number, dsco_order_id, scenario, expected, outcome}),
        ($all[] | select(.expected == "invisible" and .ours) | {po_number, dsco_order_id, scenario, expected, outcome})
    ],
    quarantine_missing: ([($unreadable | length) - .status.quarantined, 0] | max),
    # What we count as done, DSCO must show as invoiced once, for the right amount.
    invoices_wrong: [
        $visible[] | select(.expected == "invoiced" and .outcome == "invoiced")
        | select((.dsco.invoices | length) != 1 or (.expected_total != null and (.dsco.invoices[0].total | tonumber) != (.expected_total | tonumber)))
        | {po_number, dsco_order_id, scenario, invoices: .dsco.invoices, expected_total}
    ],
    effects: {lingxing: .effects.lingxing, dsco: .effects.dsco},
    duplicates: .effects.duplicates,
    duplicate_attempts: .effects.duplicate_attempts.total,
    violations: .effects.violations,
    stock: .effects.stock
}
| . + {complete: (.missing == [] and .quarantine_missing == 0 and .in_doubt == 0 and .stock.equal)}
| . + {good: (.complete and .invoices_wrong == [] and .duplicates.total == 0 and .violations.total == 0)}
