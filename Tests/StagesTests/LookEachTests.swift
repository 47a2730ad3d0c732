import PartnerHTTP
import Testing

@testable import PartnerAccess

@Suite("Single looks stand alone")
struct LookEachTests {
    private func looks(_ failures: [Int: PartnerError.Kind], code: String? = nil) async throws -> [String] {
        let results = try await lookEach(Array(0..<6)) { number throws(PartnerError) -> Int in
            if let kind = failures[number] { throw PartnerError(.dsco, kind, call: "GET /order/", code: code) }
            return number
        }
        return results.map { look in
            switch look {
            case .success(let number): "\(number)"
            case .failure(let error): error.kind.rawValue
            }
        }
    }

    @Test("what concerns one object is its own result", arguments: [PartnerError.Kind.refused, .malformedAnswer, .unavailable])
    func own(kind: PartnerError.Kind) async throws {
        #expect(try await looks([2: kind]) == ["0", "1", kind.rawValue, "3", "4", "5"])
    }

    @Test(
        "not even all of them together stop whoever asked: what is shown of none may be only a few objects",
        arguments: [PartnerError.Kind.refused, .malformedAnswer, .unavailable])
    func allRefused(kind: PartnerError.Kind) async throws {
        let all = Dictionary(uniqueKeysWithValues: (0..<6).map { ($0, kind) })
        #expect(try await looks(all) == Array(repeating: kind.rawValue, count: 6))
    }

    @Test(
        "what concerns every call fails them all",
        arguments: [
            (PartnerError.Kind.credentials, nil), (.bug, nil), (.unavailable, PartnerError.Code.circuitOpen),
            (.unavailable, PartnerError.Code.cancelled),
        ] as [(PartnerError.Kind, String?)])
    func everybody(kind: PartnerError.Kind, code: String?) async throws {
        let error = await #expect(throws: PartnerError.self) { _ = try await looks([3: kind], code: code) }
        #expect(error?.kind == kind)
    }

    @Test("nothing to look at")
    func nothing() async throws {
        let none: [Int] = []
        #expect(try await lookEach(none) { number throws(PartnerError) in number }.isEmpty)
    }
}
