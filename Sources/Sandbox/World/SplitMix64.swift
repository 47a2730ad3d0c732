/// A seeded generator (Steele, Lea, Flood 2014): the same seed gives the same world on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number in 0..<1.
    package mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<1 that depends on `seed`, `text` and `salt` alone, not on the order of the calls.
    static func fraction(seed: UInt64, _ text: String, _ salt: UInt64 = 0) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ mix(seed &+ salt)
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return Double(mix(hash) >> 11) * 0x1p-53
    }
}
