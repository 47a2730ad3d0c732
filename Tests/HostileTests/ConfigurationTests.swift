import Domain
import FoundationEssentials
import JSON
import Testing

@Suite("A mangled runtime configuration")
struct HostileConfigurationTests {
    @Test("is one that means the same when it is shown and set again, or every fault has its place", arguments: Seeds.chunks)
    func parsing(_ chunk: Int) async {
        let document = Samples.configuration.document
        var read = 0
        for seed in Seeds.of(chunk, 150) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.text(of: document)
            do throws(ConfigurationFaults) {
                let configuration = try RuntimeConfiguration.parse(bytes)
                read += 1
                check((try? RuntimeConfiguration.parse(configuration.document)) == configuration, "seed \(seed): \(shown(bytes))")
                for stage in Stage.allCases {
                    let job = configuration.job(stage)
                    check((1...64).contains(job.shards) && (1...5_000).contains(job.size), "seed \(seed)")
                    check((try? CronExpression(job.cron))?.next(after: Samples.noon) != nil, "seed \(seed): \(job.cron)")
                }
                check(configuration.retry.baseSeconds <= configuration.retry.maxSeconds, "seed \(seed)")
            } catch {
                check(!error.faults.isEmpty && error.faults.count <= 101, "seed \(seed)")
                check(
                    error.faults.allSatisfy { !$0.message.isEmpty && $0.description.utf8.count < 2_500 }, "seed \(seed): \(error)"
                )
            }
        }
        #expect(read > 2)
    }

    @Test("cron with absurd fields is refused or has a next fire", arguments: Seeds.chunks)
    func cron(_ chunk: Int) async {
        let parts = [
            "*", "0", "59", "60", "-1", "1-5", "5-1", "*/5", "*/0", "1/9999", "*/9999", "1,2,3", ",", "1-", "-", "/", "a", "00",
            "31", "29",
            "2", "7", "0-7", "99999999999999999999", "٣", "1\u{301}", "", "*,*", "*-5", "L", "?",
        ]
        for seed in Seeds.of(chunk, 600) {
            var random = SplitMix64(seed: seed)
            let text = (0..<(4 + random.below(4))).map { _ in random.pick(parts) }.joined(separator: random.oneIn(9) ? "\t" : " ")
            guard let cron = try? CronExpression(text) else { continue }
            for moment in [-1e11, 0, 1_769_600_000, 4e9, 1e13, 1e300, .infinity, .nan] {
                let start = Date(timeIntervalSince1970: moment)
                if let next = cron.next(after: start) { check(next > start, "\(text) after \(moment)") }
            }
            check(cron.next(after: Samples.noon) != nil, text)
        }
    }

    private func faults(_ text: String) -> [ConfigurationFault] {
        do throws(ConfigurationFaults) {
            _ = try RuntimeConfiguration.parse(Array(text.utf8))
            return []
        } catch {
            return error.faults
        }
    }

    @Test("megabytes are read in seconds, and few faults are told of many", .timeLimit(.minutes(1)))
    func large() {
        let skus = (0..<50_000).map { "\"S\($0)\"" }.joined(separator: ",")
        #expect(faults(#"{"stages":{"stock":{"skus":[\#(skus)]}}}"#).isEmpty)
        let unknown = (0..<20_000).map { "\"key\($0)\":1" }.joined(separator: ",")
        let many = faults("{\(unknown)}")
        #expect(many.count == 101 && many.last?.message == "has 19900 more faults")
        let long = String(repeating: "x", count: 2_000_000)
        for text in [
            #"{"\#(long)":1}"#, #"{"mapping":{"sku":{"\#(long)":"x"}}}"#, #"{"jobs":{"sync_stock":{"cron":"\#(long)"}}}"#,
        ] {
            let fault = faults(text).first
            #expect(fault != nil && (fault?.description.utf8.count ?? 0) < 700)
        }
        #expect(faults(String(repeating: "[", count: 1_000_000)).count == 1)
        #expect(faults(#"{"a":"# + long).count == 1)
    }

    @Test(
        "values at the edges are faults with their path",
        arguments: [
            (#"{"retry":{"attempts":9223372036854775808}}"#, "retry.attempts"),
            (#"{"retry":{"base_seconds":1e400}}"#, "retry.base_seconds"),
            (#"{"retry":{"base_seconds":-1}}"#, "retry.base_seconds"), (#"{"retry":{"attempts":"12"}}"#, "retry.attempts"),
            (#"{"retry":{"base_seconds":7201}}"#, "retry.max_seconds"),
            (#"{"mapping":{"shop":{"R1":"1\u0000"}}}"#, "mapping.shop.R1"),
            (#"{"mapping":{"sku":{"a\u001b[2J":"b"}}}"#, "mapping.sku.a\u{1B}[2J"),
            (#"{"stages":{"stock":{"skus":["a","a"]}}}"#, "stages.stock.skus[1]"),
            (#"{"stages":{"pull":{"start":"0001-01-01T00:00:00Z"}}}"#, "stages.pull.start"),
            (#"{"stages":{"pull":{"start":"99999-01-01T00:00:00Z"}}}"#, "stages.pull.start"),
            (#"{"recheck_seconds":3600,"recheck_seconds":60}"#, "recheck_seconds"), ("[]", ""), ("\u{FEFF}{}", ""), ("", ""),
        ])
    func edges(_ text: String, _ path: String) {
        #expect(faults(text).map(\.path) == [path])
    }

    @Test("a time is kept to the second, so that what was shown can be set again")
    func fractions() throws {
        let configuration = try RuntimeConfiguration.parse(
            Array(#"{"stages":{"pull":{"start":"2025-01-01T00:00:00.987Z"}}}"#.utf8))
        #expect(try RuntimeConfiguration.parse(configuration.document) == configuration)
    }
}
