# shellcheck shell=bash
# What the demo ends with.

# report ELAPSED: the table; exit status 1 unless everything is as it should be.
report() {
    local file="$DEMO/report.json"
    printf '\n'
    jq -r --arg elapsed "$1" '
        def pad($n): tostring | . + (" " * ([$n - length, 0] | max));
        def lpad($n): tostring | (" " * ([$n - length, 0] | max)) + .;
        def row($name; $value): "  " + ($name | pad(34)) + ($value | lpad(7));
        def verdict($name; $value; $good): row($name; $value) + (if $good then "   ok" else "   NOT AS IT SHOULD BE" end);
        "\(.orders) orders at DSCO, \($elapsed)",
        ({"1": "pulled", "2": "in LingXing", "3": "acknowledged", "4": "shipped", "5": "done", "6": "cancelled"} as $names
         | .by_status as $by | $names | to_entries[] | row("\(.key) \(.value)"; $by[.key] // 0)),
        row("quarantined, could not be read"; .quarantined),
        row("test orders, left at DSCO"; .invisible),
        "",
        "of these held or waiting, as the mix of orders means it",
        ((.held | to_entries[] | row("held: " + .key; .value)), (.waiting | to_entries[] | row("waiting: " + .key; .value))),
        "",
        "effects at the partners",
        row("LingXing: orders created"; .effects.lingxing.orders_created),
        row("DSCO: acknowledged"; .effects.dsco.acknowledged),
        row("DSCO: shipped"; .effects.dsco.shipped),
        row("DSCO: invoiced"; .effects.dsco.invoiced),
        row("DSCO: stock figures sent"; .effects.dsco.inventory_updates),
        row("asked for twice and refused"; .duplicate_attempts),
        "",
        verdict("orders not where they should be"; (.missing | length) + .quarantine_missing; (.missing == [] and .quarantine_missing == 0)),
        verdict("effects in doubt"; .in_doubt; .in_doubt == 0),
        verdict("invoices missing or wrong"; (.invoices_wrong | length); .invoices_wrong == []),
        verdict("effects executed twice"; .duplicates.total; .duplicates.total == 0),
        verdict("violations of a partner'"'"'s contract"; .violations.total; .violations.total == 0),
        verdict("stock equal on both sides"; (if .stock.equal then "yes" else "no" end); .stock.equal),
        (.missing[:15][] | "  \(.po_number) (\(.dsco_order_id)), \(.scenario): should be \(.expected), is \(.outcome)"),
        (.invoices_wrong[:10][] | "  \(.po_number): invoices \(.invoices | tojson), expected \(.expected_total)"),
        ((.duplicates, .violations) | .details[:10][] | "  \(.rule): \(.what)"),
        (.stock.differences[:10][] | "  stock of \(.sku) in \(.warehouse): DSCO shows \(.dsco), should be \(.expected)")
    ' "$file"
    [[ $(jq .good "$file") == true ]] || {
        say "" "See: $DEMO/report.json and $DEMO/*.log"
        return 1
    }
}

# first_order OUTCOME-FILTER: a PO number for the reader to try.
first_order() { conveyor orders --json --limit 500 | jq -r "first(.[] | select($1) | .po_number) // empty"; }

report_next_steps() {
    local done_po held_po
    done_po=$(first_order '.status == 5 and (.tracking_numbers | length) > 0')
    held_po=$(first_order '.hold')
    cat <<STEPS

Everything is still up. What to try next:
  eval "\$(ops/demo env)"               # settings and PATH of the demo
  conveyor status
${done_po:+  conveyor order $done_po
}${held_po:+  conveyor order $held_po
}  conveyor orders --held
  conveyor replay push --held shop_unmapped --wait 30
  ops/demo --orders $((ORDERS * 2))               # more orders; kill -9 a worker meanwhile, it will do no harm
  ops/demo stop
STEPS
}
