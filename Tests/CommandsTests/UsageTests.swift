import Testing

@testable import Commands

@Suite("Usage: a command line that cannot be meant is refused before anything is touched")
struct UsageTests {
    @Test(
        "is refused with exit status 64 and a hint",
        arguments: [
            ("fly", "fly"),
            ("order", "po"),
            ("order PO-1 hold", "--reason"),
            ("order PO-1 hold --reason", "--reason"),
            ("order PO-1 release 4 --reason x", "takes no number"),
            ("order PO-1 set-status --reason x", "set-status"),
            ("order PO-1 set-status 7 --reason x", "1 to 6"),
            ("order PO-1 burn --reason x", "hold"),
            ("order PO-1 --reason x", "--reason goes with"),
            ("orders --status 0", "1 to 6"),
            ("orders --held sadness", "shop_unmapped"),
            ("orders --limit 0", "--limit"),
            ("tick teleport", "invoice"),
            ("tick push --wait -1", "--wait"),
            ("replay push", "--po"),
            ("replay push --po PO-1 --held in_doubt", "one of"),
            ("replay push --since yesterday", "--since"),
            ("replay pull --held in_doubt", "pull"),
            ("replay stock --po PO-1", "conveyor tick stock"),
            ("dead show push", "id"),
            ("dead retry push", "--all"),
            ("dead drop push a --all", "--all"),
            ("dead drop", "stage"),
            ("dead list --limit 0", "--limit"),
            ("config set", "file"),
            ("config set f --if-version many", "--if-version"),
        ])
    func refused(_ line: String, _ hint: String) async {
        let result = await Shell().run(line.split(separator: " ").map(String.init))
        #expect(result.status == 64)
        #expect(result.errors.contains(hint))
        #expect(result.output.isEmpty)
    }

    @Test(
        "--help teaches by examples",
        arguments: [
            "", "status", "order", "orders", "tick", "replay", "migrate", "dead", "dead list", "dead show",
            "dead retry", "dead drop", "config", "config validate", "config set",
            "config show",
        ])
    func help(_ verb: String) async {
        let result = await Shell().run(verb.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("conveyor \(verb)"))
        #expect(result.errors.isEmpty)
    }

    @Test("alone, or with a group alone, shows its help")
    func alone() async {
        let result = await Shell()()
        #expect(result.status == 0)
        #expect(result.output.contains("SUBCOMMANDS"))
        #expect(await Shell()("config").output.contains("validate"))
    }
}
