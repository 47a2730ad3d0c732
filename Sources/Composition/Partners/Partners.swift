import AsyncHTTPClient
import DSCO
import FoundationEssentials
import LingXing
import PartnerHTTP
import PostgreSQL
import StageRunner
import Store

extension SettingsReader {
    func dscoSettings() throws(SettingError) -> DSCOSettings {
        let credentials: DSCOCredentials
        if let token = try string(.dscoToken) {
            credentials = .token(token)
        } else if let id = try string(.dscoClientID) {
            credentials = .client(id: id, secret: try required(.dscoClientSecret))
        } else {
            throw SettingError(.dscoToken, "is not set, nor are DSCO_CLIENT_ID and DSCO_CLIENT_SECRET: one of the two is needed")
        }
        return DSCOSettings(
            baseURL: try url(.dscoBaseURL, default: "https://api.dsco.io/api/v3"), credentials: credentials,
            timeout: .seconds(try dscoTiming().timeout))
    }

    func lingXingSettings(secret: String) throws(SettingError) -> LingXingSettings {
        let credentials: LingXingCredentials
        do { credentials = try LingXingCredentials(appID: try required(.lingXingAppID), appSecret: secret) } catch let error
            as SettingError
        {
            throw error
        } catch {
            throw SettingError(.lingXingAppID, "is wrong: \(error)")
        }
        let zoneName = try string(.lingXingTimeZone) ?? "Asia/Shanghai"
        guard let zone = TimeZone(identifier: zoneName) else {
            throw SettingError(.lingXingTimeZone, "is no time zone this system knows: \(zoneName)")
        }
        let code = try string(.lingXingPlatformCode) ?? "10009"
        guard let platformCode = Int(code) else { throw SettingError(.lingXingPlatformCode, "must be a number, not \(code)") }
        return LingXingSettings(
            baseURL: try url(.lingXingBaseURL, default: "https://openapi.lingxing.com"), credentials: credentials,
            platformCode: platformCode, timeZone: zone, timeout: .seconds(try lingXingTiming().timeout))
    }

    func dsco(_ client: HTTPClient, pool: PostgresPool) throws(SettingError) -> DSCOClient {
        DSCOClient(
            try dscoSettings(), caller: PartnerCaller(.dsco, transport: AsyncHTTPTransport(.dsco, client: client)),
            limiter: FleetCallLimiter(budgets: CallBudgets(pool, partner: "dsco"), clock: .system))
    }

    func lingXing(_ client: HTTPClient, pool: PostgresPool) throws(SettingError) -> LingXingClient {
        let secret = try required(.lingXingAppSecret)
        let settings = try lingXingSettings(secret: secret)
        let gap = try seconds(.lingXingMinimumGap, default: 0.6, allowsZero: true)
        return LingXingClient(
            settings: settings,
            tokens: SharedLingXingTokens(
                store: AccessTokenStore(pool, appID: settings.credentials.appID, appSecret: secret), now: { Date() }),
            gate: FleetCallGate(slots: RemoteSlots(pool, partner: "lingxing"), minimumGap: gap, clock: .system),
            transport: AsyncHTTPTransport(.lingXing, client: client))
    }
}
