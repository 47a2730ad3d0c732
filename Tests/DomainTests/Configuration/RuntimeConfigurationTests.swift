import FoundationEssentials
import JSON
import Testing

@testable import Domain

@Suite("The runtime configuration")
struct RuntimeConfigurationTests {
    private func parse(_ text: String) throws -> RuntimeConfiguration { try RuntimeConfiguration.parse(Array(text.utf8)) }

    private func faults(_ text: String) -> [String: String] {
        do {
            _ = try parse(text)
            return [:]
        } catch let error as ConfigurationFaults {
            return Dictionary(error.faults.map { ($0.path, $0.message) }, uniquingKeysWith: { first, _ in first })
        } catch {
            return ["?": "\(error)"]
        }
    }

    @Test("is shown with every default, in the order of the design")
    func document() {
        let text = RuntimeConfiguration().document.text()
        let job = { (name: String, cron: String, size: Int) in
            #""\#(name)":{"enable":false,"cron":"\#(cron)","size":\#(size),"shards":1,"paused_until":null}"#
        }
        let five = "0 */5 * * * *"
        let prices = #"["consumerPriceWithTax","consumerPrice","retailPrice","expectedCost"]"#
        let expected = [
            #"{"domain":"dsco_lingxing","identity":"po_number","jobs":{"#,
            [
                job("pull_dsco_orders", five, 1000), job("push_to_lingxing", five, 500), job("ack_to_dsco", five, 500),
                job("ship_to_dsco", five, 500), job("invoice_to_dsco", five, 500), job("sync_stock", "0 */30 * * * *", 5000),
            ].joined(separator: ","),
            #"},"mapping":{"shop":{},"warehouse":{},"sku":{},"shipment":{}},"#,
            #""stages":{"push":{"write":true,"unit_price":\#(prices),"include_contact":true,"create_batch":20,"#,
            #""parallel_calls":10,"cancel_in_lingxing":false},"#,
            #""ack":{"write":true,"statuses":[5,6]},"#,
            #""ship":{"write":true,"packages":"single","require_shipped_status":true},"#,
            #""invoice":{"write":true,"unit_price":\#(prices),"per":"order"},"#,
            #""stock":{"write":true,"include_zero":true,"skus":[],"warehouses":[],"reserve":0},"#,
            #""pull":{"sweeps":["created","updated"],"overlap_seconds":600,"start":"2025-01-01T00:00:00Z","test_orders":false}},"#,
            #""retry":{"base_seconds":60,"max_seconds":7200,"attempts":12},"recheck_seconds":3600,"#,
            #""retention_days":{"events":365,"runs":30,"stock":90}}"#,
        ].joined()
        #expect(text == expected)
    }

    @Test("takes absent members as their defaults", arguments: ["{}", #"{"jobs":{"ack_to_dsco":{}},"stages":{}}"#])
    func defaults(text: String) throws {
        #expect(try parse(text) == RuntimeConfiguration())
    }

    @Test("reads back what it shows, so that setting what was shown changes nothing")
    func roundTrip() throws {
        let text = """
            {"identity": "dsco_order_id",
             "jobs": {"push_to_lingxing": {"enable": true, "cron": "*/2 * * * *", "size": 7, "shards": 64,
                                           "paused_until": "2026-02-03T04:05:06+01:00"},
                      "sync_stock": {"enable": true}},
             "mapping": {"shop": {"1000011436": 110658143132021760, "b": "1"}, "warehouse": {"WH01": "33328"},
                         "sku": {"A": "LX-A"}, "shipment": {"WH01-FEHD": 203662740883276800}},
             "stages": {"push": {"write": false, "unit_price": ["expectedCost"], "create_batch": 1},
                        "ack": {"statuses": [4, 5]}, "ship": {"packages": "all", "require_shipped_status": false},
                        "invoice": {"per": "outbound"}, "stock": {"skus": ["A"], "reserve": 3},
                        "pull": {"sweeps": ["updated"], "start": "2024-05-06T00:00:00.5Z", "test_orders": true}},
             "retry": {"base_seconds": 1, "max_seconds": 1, "attempts": 3}, "recheck_seconds": 60}
            """
        let configuration = try parse(text)
        #expect(configuration.mapping.shop["1000011436"] == "110658143132021760")
        #expect(configuration.job(.push).pausedUntil == Date(timeIntervalSince1970: 1_770_087_906))
        #expect(configuration.push.unitPrice == [.expectedCost])
        let shown = try RuntimeConfiguration.parse(configuration.document)
        #expect(shown.document == configuration.document)
    }

    @Test(
        "names the place of every fault",
        arguments: [
            ("[]", "", "must be an object"),
            ("{", "", "is not JSON"),
            (#"{"surprise":1}"#, "surprise", "is not known"),
            (#"{"stages":{"pull":{"write":true}}}"#, "stages.pull.write", "is not known"),
            (#"{"jobs":{"push":{}}}"#, "jobs.push", "is not known"),
            (#"{"identity":"po_number","identity":"po_number"}"#, "identity", "is given twice"),
            (#"{"domain":"other"}"#, "domain", #"must be "dsco_lingxing""#),
            (#"{"identity":"ean"}"#, "identity", #"must be "po_number" or "dsco_order_id""#),
            (#"{"jobs":{"push_to_lingxing":{"enable":"yes"}}}"#, "jobs.push_to_lingxing.enable", "must be true or false"),
            (#"{"jobs":{"push_to_lingxing":{"enable":1}}}"#, "jobs.push_to_lingxing.enable", "must be true or false"),
            (
                #"{"jobs":{"push_to_lingxing":{"cron":"61 * * * *"}}}"#, "jobs.push_to_lingxing.cron",
                "has 61 as minute, which runs from 0 to 59"
            ),
            (
                #"{"jobs":{"push_to_lingxing":{"cron":5}}}"#, "jobs.push_to_lingxing.cron",
                "must be a cron expression of 5 or 6 fields"
            ),
            (#"{"jobs":{"push_to_lingxing":{"size":0}}}"#, "jobs.push_to_lingxing.size", "must be a whole number from 1 to 5000"),
            (
                #"{"jobs":{"push_to_lingxing":{"size":"500"}}}"#, "jobs.push_to_lingxing.size",
                "must be a whole number from 1 to 5000"
            ),
            (
                #"{"jobs":{"push_to_lingxing":{"size":1.5}}}"#, "jobs.push_to_lingxing.size",
                "must be a whole number from 1 to 5000"
            ),
            (
                #"{"jobs":{"push_to_lingxing":{"shards":65}}}"#, "jobs.push_to_lingxing.shards",
                "must be a whole number from 1 to 64"
            ),
            (
                #"{"jobs":{"pull_dsco_orders":{"size":9}}}"#, "jobs.pull_dsco_orders.size",
                "must be a whole number from 10 to 1000"
            ),
            (#"{"jobs":{"pull_dsco_orders":{"shards":2}}}"#, "jobs.pull_dsco_orders.shards", "must be 1"),
            (#"{"jobs":{"sync_stock":{"shards":2}}}"#, "jobs.sync_stock.shards", "must be 1"),
            (
                #"{"jobs":{"ack_to_dsco":{"paused_until":"tomorrow"}}}"#, "jobs.ack_to_dsco.paused_until",
                "must be null or a time between 2000 and 2100, such as 2025-01-01T00:00:00Z"
            ),
            (#"{"jobs":null}"#, "jobs", "must be an object"),
            (#"{"mapping":{"shop":{"1":true}}}"#, "mapping.shop.1", "must be a text"),
            (#"{"mapping":{"sku":{"A":"1","A":"2"}}}"#, "mapping.sku.A", "is given twice"),
            (#"{"stages":{"push":{"unit_price":[]}}}"#, "stages.push.unit_price", "must name at least one"),
            (
                #"{"stages":{"push":{"unit_price":["msrp"]}}}"#, "stages.push.unit_price[0]",
                #"must be "consumerPriceWithTax" or "consumerPrice" or "retailPrice" or "expectedCost""#
            ),
            (
                #"{"stages":{"invoice":{"unit_price":["retailPrice","retailPrice"]}}}"#, "stages.invoice.unit_price[1]",
                "is given twice"
            ),
            (#"{"stages":{"push":{"create_batch":0}}}"#, "stages.push.create_batch", "must be a whole number from 1 to 200"),
            (#"{"stages":{"push":{"parallel_calls":11}}}"#, "stages.push.parallel_calls", "must be a whole number from 1 to 10"),
            (
                #"{"stages":{"ack":{"statuses":[5,7]}}}"#, "stages.ack.statuses[1]",
                "must be a LingXing status from 1 to 9 other than 7"
            ),
            (#"{"stages":{"ship":{"packages":"some"}}}"#, "stages.ship.packages", #"must be "single" or "all""#),
            (#"{"stages":{"invoice":{"per":"line"}}}"#, "stages.invoice.per", #"must be "order" or "outbound""#),
            (#"{"stages":{"stock":{"reserve":-1}}}"#, "stages.stock.reserve", "must be a whole number from 0 to 1000000"),
            (
                #"{"stages":{"stock":{"skus":[""]}}}"#, "stages.stock.skus[0]",
                "must be a text of 1 to 255 bytes without control characters"
            ),
            (#"{"stages":{"pull":{"sweeps":[]}}}"#, "stages.pull.sweeps", "must name at least one"),
            (
                #"{"stages":{"pull":{"start":"2025-01-01"}}}"#, "stages.pull.start",
                "must be a time between 2000 and 2100, such as 2025-01-01T00:00:00Z"
            ),
            (#"{"retry":{"attempts":0}}"#, "retry.attempts", "must be a whole number from 1 to 1000"),
            (#"{"retry":{"base_seconds":10,"max_seconds":9}}"#, "retry.max_seconds", "must not be below retry.base_seconds"),
            (#"{"recheck_seconds":0}"#, "recheck_seconds", "must be a whole number from 1 to 86400"),
            (#"{"retention_days":{"runs":0}}"#, "retention_days.runs", "must be a whole number from 1 to 36500"),
        ])
    func fault(document: String, path: String, message: String) {
        let found = faults(document)
        #expect(found[path]?.hasPrefix(message) == true, "\(found)")
        #expect(found.count == 1)
    }

    @Test("reports all faults at once")
    func allFaults() {
        let found = faults(#"{"x":1,"jobs":{"push_to_lingxing":{"cron":"","size":0,"enable":true}},"retry":[]}"#)
        #expect(
            Set(found.keys) == ["x", "jobs.push_to_lingxing.cron", "jobs.push_to_lingxing.size", "retry", "mapping.shop"])
    }

    struct Rule: Sendable {
        let mapping: String
        let path: String
        let stages: Set<Stage>
    }

    @Test(
        "judges a mapping only where an enabled job needs it",
        arguments: [
            Rule(mapping: #""warehouse":{"W":"1"}"#, path: "mapping.shop", stages: [.push, .ship, .invoice]),
            Rule(
                mapping: #""shop":{"1234":""},"warehouse":{"W":"1"}"#, path: "mapping.shop.1234",
                stages: [.push, .ship, .invoice]),
            Rule(
                mapping: #""shop":{"1234":"12x"},"warehouse":{"W":"1"}"#, path: "mapping.shop.1234",
                stages: [.push, .ship, .invoice]),
            Rule(mapping: #""shop":{"1234":"1"}"#, path: "mapping.warehouse", stages: [.stock]),
            Rule(mapping: #""shop":{"1234":"1"},"warehouse":{"W":""}"#, path: "mapping.warehouse.W", stages: [.stock]),
            Rule(mapping: #""shop":{"1":"1"},"warehouse":{"A":"9","B":"9"}"#, path: "mapping.warehouse.B", stages: [.stock]),
            Rule(
                mapping: #""shop":{"1":"1"},"warehouse":{"W":"1"},"sku":{"A":"X","B":"X"}"#, path: "mapping.sku.B",
                stages: [.ship, .invoice, .stock]),
        ], Stage.allCases)
    func onlyWhereNeeded(rule: Rule, stage: Stage) {
        let found = faults(#"{"jobs":{"\#(stage.job)":{"enable":true}},"mapping":{\#(rule.mapping)}}"#)
        #expect(Set(found.keys) == (rule.stages.contains(stage) ? [rule.path] : []))
    }
}
