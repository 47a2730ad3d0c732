import PostgreSQL
import Testing

@Suite("A database URL")
struct ConfigurationTests {
    @Test(
        "names its fault and never shows the password",
        arguments: [
            ("mysql://u:hunter2@h/db", "postgres://"),
            ("u:hunter2@h/db", "postgres://"),
            ("postgres://u:hunter2@h:54a2/db", "port"),
            ("postgres://u:hunter2@h:0/db", "port"),
            ("postgres://u:hunter2@h:70000/db", "port"),
            ("postgres://u:hun/ter2@h/db", "%2F"),
            ("postgres://u:hun#ter2/@h/db", "%23"),
            ("postgres://u:hunt@er2@h/db", "%40"),
            ("postgres://u:hunter2%zz@h/db", "%25"),
            ("postgres://u:hunter2%+1@h/db", "%25"),
            ("postgres://u:hunter2%00@h/db", "%25"),
            ("postgres://u:hun ter2@h/db", "blank"),
            ("postgres://u:hunter2@[::1/db", "["),
            ("postgres://u:hunter2@h/db?hunter2=1", "parameter 1"),
            ("postgres://u:hunter2@h/db?sslmode=require&hunter2", "parameter 2"),
        ])
    func namesItsFault(url: String, words: String) throws {
        let error = try #require(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
        #expect(error.code == .invalidURL)
        #expect("\(error)".contains(words))
        for text in ["\(error)", error.debugDescription, String(reflecting: error)] {
            #expect(!text.contains("hunter2") && !text.contains("ter2") && !text.contains("hun"))
        }
    }

    @Test(
        "is shown without its password and query",
        arguments: [
            ("postgres://conveyor:hunter2@db.example:6432/orders?sslmode=require", "conveyor@db.example:6432/orders"),
            ("postgresql://conveyor:h%40nter2@[::1]/orders", "conveyor@::1:5432/orders"),
            ("postgres://conveyor@a,b:6000/orders?password=hunter2", "conveyor@a:5432,b:6000/orders"),
            ("postgres:///orders?host=/run/postgresql", "/run/postgresql:5432/orders"),
        ])
    func isShownWithoutSecrets(url: String, shown: String) throws {
        let configuration = try PostgresConfiguration(url: url)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect("\(configuration)" == shown)
        for text in [dumped, String(reflecting: configuration), "\(Optional(configuration) as Any)"] {
            #expect(!text.contains("nter2"))
        }
    }
}
