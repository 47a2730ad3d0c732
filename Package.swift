// swift-tools-version: 6.2
import PackageDescription

// Folder = layer, sub-folder = target. A target sees only what it names here, and a lower layer never names a higher one.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let memoryLog = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let algorithms = Target.Dependency.product(name: "Algorithms", package: "swift-algorithms")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")

func target(_ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    let name = String(path.split(separator: "/").last ?? "")
    return .target(name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: strict)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/Executables/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "conveyor",
    dependencies: [
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", "4.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        // Basics and Domain: pure, no I/O.
        target("Basics/CivilTime"),
        target("Basics/JSON"),
        target("Domain", ["CivilTime", "JSON"]),
        target("Pipeline", ["Domain", "JSON"]),

        // Drivers: know no product.
        target("Drivers/SerialQueueExecutor"),
        target("Drivers/SocketWatch", ["CEpoll", locks]),
        .systemLibrary(
            name: "CRabbitMQ", path: "Sources/Drivers/CRabbitMQ", pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(
            name: "CPostgres", path: "Sources/Drivers/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CEpoll", path: "Sources/Drivers/CEpoll"),
        .systemLibrary(name: "CMalloc", path: "Sources/Drivers/CMalloc"),
        target("Drivers/RabbitMQ", ["SerialQueueExecutor", "SocketWatch", "CRabbitMQ", log, lifecycle, locks]),
        target(
            "Drivers/PostgreSQL", ["CivilTime", "SerialQueueExecutor", "SocketWatch", "CPostgres", log, lifecycle, locks, crypto]),
        target("Drivers/Observability", [log, metrics, lifecycle, locks, hummingbird]),

        // Partners: wire types, signing, typed clients.
        target(
            "Partners/PartnerHTTP",
            ["JSON", log, metrics, httpClient, nio, nioPosix, nioHTTP1, nioCompression, nioFoundation, locks]),
        target("Partners/DSCO", ["PartnerHTTP", "Domain", "CivilTime", "JSON", log]),
        target("Partners/LingXing", ["PartnerHTTP", "Domain", "JSON", log, crypto, cryptoExtras, algorithms]),

        target("Store", ["Domain", "Pipeline", "JSON", "PostgreSQL", log, lifecycle, locks, crypto, algorithms]),

        // Stages: gather, decide (Domain), submit. None sees another.
        target(
            "Stages/StageRunner",
            [
                "Domain", "Pipeline", "Store", "PostgreSQL", "RabbitMQ", "PartnerHTTP", "JSON", log, metrics, lifecycle, locks,
                algorithms,
            ]),
        target(
            "Stages/PartnerAccess",
            ["StageRunner", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", log, algorithms]),
        target(
            "Stages/Pull", ["StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "PartnerHTTP", "JSON", log]),
        target(
            "Stages/Push",
            [
                "StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", "JSON", log,
                algorithms,
            ]),
        target(
            "Stages/Ack",
            ["StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", "JSON", log]),
        target(
            "Stages/Ship",
            ["StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", "JSON", log]),
        target(
            "Stages/Invoice",
            ["StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", "JSON", log]),
        target(
            "Stages/Stock",
            [
                "StageRunner", "PartnerAccess", "Domain", "Pipeline", "Store", "DSCO", "LingXing", "PartnerHTTP", "JSON", log,
                locks, algorithms,
            ]),

        target("Scheduling", ["Domain", "Pipeline", "Store", "StageRunner", "PostgreSQL", "RabbitMQ", log, lifecycle]),

        target("Sandbox", [hummingbird, log, lifecycle, crypto, cryptoExtras, nio]),

        target(
            "Composition",
            [
                "Domain", "Pipeline", "JSON", "RabbitMQ", "PostgreSQL", "Observability", "PartnerHTTP", "DSCO", "LingXing",
                "Store",
                "StageRunner", "Scheduling", "Pull", "Push", "Ack", "Ship", "Invoice", "Stock", "CMalloc", configuration, log,
                metrics, lifecycle, signals, httpClient, locks,
            ]),

        target(
            "Commands",
            ["Composition", "StageRunner", "Domain", "Pipeline", "Store", "RabbitMQ", "PostgreSQL", "JSON", arguments, log]),

        // Fleets of real processes that are watched from outside; no part of the product.
        target("Rehearsal", ["Domain", "Pipeline", "JSON", httpClient, log, nio, nioHTTP1]),

        // The storm that proves the promises.
        target(
            "Chaos",
            [
                "Rehearsal", "Sandbox", "Store", "Pipeline", "Domain", "PostgreSQL", "JSON", arguments, httpClient, lifecycle,
                log, nio,
                nioPosix, nioHTTP1,
            ]),

        // Figures against their goals.
        target(
            "Bench",
            [
                "Rehearsal", "Sandbox", "StageRunner", "Store", "Pipeline", "Domain", "DSCO", "LingXing", "RabbitMQ",
                "PostgreSQL", "JSON", arguments, httpClient, lifecycle, log, nio, nioHTTP1,
            ]),

        executable("pull-worker", ["Composition", "Domain"]),
        executable("push-worker", ["Composition", "Domain"]),
        executable("ack-worker", ["Composition", "Domain"]),
        executable("ship-worker", ["Composition", "Domain"]),
        executable("invoice-worker", ["Composition", "Domain"]),
        executable("stock-worker", ["Composition", "Domain"]),
        executable("scheduler", ["Composition"]),
        executable("sandbox", ["Sandbox", arguments, lifecycle, log]),
        executable("conveyor", ["Commands", "Composition"]),
        executable("chaos", ["Chaos", arguments]),
        executable("bench", ["Bench", arguments]),

        // Tests mirror Sources.
        .target(
            name: "TestSupport",
            dependencies: ["PostgreSQL", "RabbitMQ", "Store", "JSON", httpClient, nio, nioHTTP1, log, lifecycle],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "PartnerTestSupport", dependencies: ["PartnerHTTP", "DSCO", "LingXing"], path: "Tests/PartnerTestSupport",
            swiftSettings: strict),
        tests("CivilTime", ["CivilTime"]),
        tests("JSON", ["JSON"]),
        tests("Domain", ["Domain", "JSON"]),
        tests("Pipeline", ["Pipeline", "Domain", "JSON"]),
        tests("RabbitMQ", ["RabbitMQ", "TestSupport", log, lifecycle]),
        tests("PostgreSQL", ["PostgreSQL", "TestSupport", log, lifecycle]),
        tests("Observability", ["Observability", log, metrics, lifecycle, httpClient, nio, nioHTTP1, locks]),
        tests("PartnerHTTP", ["PartnerHTTP", "PartnerTestSupport", hummingbird, httpClient, nio, nioPosix, log]),
        tests(
            "DSCO", ["DSCO", "PartnerHTTP", "PartnerTestSupport", "Domain", "JSON", hummingbird, httpClient, log],
            resources: [.copy("Examples")]),
        tests(
            "LingXing", ["LingXing", "PartnerHTTP", "PartnerTestSupport", "Domain", "JSON", hummingbird, httpClient, log],
            resources: [.copy("Examples")]),
        tests("Store", ["Store", "Domain", "Pipeline", "PostgreSQL", "JSON", "TestSupport", log, lifecycle]),
        tests(
            "Commands",
            [
                "Commands", "StageRunner", "Domain", "Pipeline", "Store", "PostgreSQL", "RabbitMQ", "JSON", "TestSupport", log,
                lifecycle,
            ]),
        tests(
            "StageRunner",
            [
                "StageRunner", "PartnerHTTP", "Domain", "Pipeline", "Store", "PostgreSQL", "RabbitMQ", "JSON", "TestSupport", log,
                lifecycle, locks,
            ]),
        tests(
            "Stages",
            [
                "Ack", "Ship", "Invoice", "Push", "Stock", "PartnerAccess", "StageRunner", "Domain", "Pipeline", "Store",
                "PostgreSQL",
                "DSCO", "LingXing", "PartnerHTTP", "PartnerTestSupport", "JSON", "TestSupport", log,
            ]),
        tests(
            "Scheduling",
            [
                "Scheduling", "StageRunner", "Domain", "Pipeline", "Store", "PostgreSQL", "RabbitMQ", "JSON", "TestSupport", log,
                memoryLog, lifecycle, locks,
            ]),
        tests(
            "Pull",
            [
                "Pull", "StageRunner", "Domain", "Pipeline", "Store", "DSCO", "PartnerHTTP", "PartnerTestSupport", "PostgreSQL",
                "TestSupport", log,
            ]),
        tests(
            "Chaos",
            [
                "Chaos", "Rehearsal", "Sandbox", "Store", "Domain", "PostgreSQL", "JSON", "TestSupport", httpClient, nio,
                nioPosix, log,
            ]),
        tests("SocketWatch", ["SocketWatch", locks]),
        tests("Bench", ["Bench", "JSON"]),
        tests("Sandbox", ["Sandbox", crypto, cryptoExtras, httpClient, lifecycle, log]),
        tests(
            "Hostile",
            [
                "JSON", "Domain", "Pipeline", "PartnerHTTP", "DSCO", "LingXing", "Store", "StageRunner", "Composition",
                "Commands", "PostgreSQL",
                "PartnerTestSupport", "TestSupport", log,
            ]),
        tests(
            "EndToEnd",
            [
                "Composition", "StageRunner", "Sandbox", "Domain", "Pipeline", "Store", "PostgreSQL", "RabbitMQ", "JSON",
                "TestSupport",
                httpClient, nio, nioHTTP1, log, lifecycle,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
