import Crypto
import CryptoExtras
import FoundationEssentials

/// The sign of a request (LingXing contract 4): an implementation of its own, so that it judges the product's.
enum LingXingSign {
    /// `k=v` joined by `&`, sorted by the keys' bytes; empty strings are left out.
    static func canonical(_ parameters: [(name: String, value: Wire)]) -> String {
        parameters.compactMap { name, value -> (name: String, text: String)? in
            switch value {
            case .string(let text): text.isEmpty ? nil : (name, text)
            default: (name, value.json)
            }
        }
        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        .map { "\($0.name)=\($0.text)" }
        .joined(separator: "&")
    }

    /// Base64 of AES-ECB with PKCS5 padding over the upper-case MD5; nil for an app id that is no AES key.
    static func sign(_ canonical: String, appID: String) -> String? {
        let key = Array(appID.utf8)
        guard [16, 24, 32].contains(key.count) else { return nil }
        let digest = Insecure.MD5.hash(data: Array(canonical.utf8))
        var block = digest.flatMap { byte in
            Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16, uppercase: true).utf8)
        }
        block += [UInt8](repeating: 16, count: 16)
        var cipher: [UInt8] = []
        for start in stride(from: 0, to: block.count, by: 16) {
            var part = Array(block[start..<start + 16])
            guard (try? AES.permute(&part, key: SymmetricKey(data: key))) != nil else { return nil }
            cipher += part
        }
        return Data(cipher).base64EncodedString()
    }
}
