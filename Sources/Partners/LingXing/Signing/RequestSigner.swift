import Crypto
import CryptoExtras
import FoundationEssentials
package import JSON

/// Signs a call: Base64(AES-ECB(key: app id, MD5 of the canonical text)), LingXing contract 4.1.
package struct RequestSigner: Sendable {
    let appID: String

    package init(appID: String) { self.appID = appID }

    /// Members and the three common parameters by byte order of their names, `k=v` joined by `&`: strings raw (empty ones left
    /// out), everything else in exactly the text of the body.
    func canonicalText(_ members: JSONObject, accessToken: String, timestamp: Int64) -> String {
        var parameters = members.members.compactMap { member -> (String, String)? in
            guard case .string(let text) = member.value else { return (member.key, member.value.text(.compact)) }
            return text.isEmpty ? nil : (member.key, text)
        }
        parameters += [("access_token", accessToken), ("app_key", appID), ("timestamp", String(timestamp))]
        return parameters.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// - Throws: when the app id cannot be an AES key, which `LingXingCredentials` has excluded.
    package func sign(_ members: JSONObject, accessToken: String, timestamp: Int64) throws -> String {
        try seal(canonicalText(members, accessToken: accessToken, timestamp: timestamp))
    }

    /// AES in ECB mode with PKCS#5 padding over the digest: block by block, since no library offers ECB under its name.
    func seal(_ text: String) throws -> String {
        let digest = Self.upperHex(Insecure.MD5.hash(data: Array(text.utf8)))
        let blockSize = 16
        let padding = blockSize - digest.count % blockSize
        var bytes = digest + Array(repeating: UInt8(padding), count: padding)
        let key = SymmetricKey(data: Array(appID.utf8))
        for start in stride(from: 0, to: bytes.count, by: blockSize) {
            try AES.permute(&bytes[start..<start + blockSize], key: key)
        }
        return Data(bytes).base64EncodedString()
    }

    private static func upperHex(_ digest: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
