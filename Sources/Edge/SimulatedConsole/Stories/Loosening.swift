import Ports

extension Telling {
    /// Late in the evening an administrator logs in from a new address, weakens a policy and excludes a folder. Nothing
    /// is detected: only the console's own record tells.
    static let loosening = Telling(
        nature: .administration,
        beats: { incident in
            var dice = incident.dice
            let address = JSON.text(Outside.address(&dice))
            let login: [String: JSON] = [
                "ipAddress": address, "role": "Admin", "source": "mgmt", "userscope": "account", "reason": nil,
            ]
            let refused = login.merging(["reason": "invalid 2FA code"]) { $1 }
            let folder = #"C:\ProgramData\"# + Outside.word(&dice) + #"\"#
            return [
                Beat(.zero, .record(.loginFailed, .account, data: refused)),
                Beat(.seconds(40), .record(.loggedIn, .account, data: login)),
                Beat(
                    .seconds(180),
                    .record(.engineChanged, .group, data: ["newValue": false, "engine": "On-Write Static AI"])),
                Beat(
                    .seconds(200),
                    .record(.modeChanged, .group, data: ["oldValue": "protect", "newValue": "detect"])),
                Beat(
                    .seconds(220), .record(.policyChanged, .site, data: ["changedKeys": ["antiTamperingOn"]])),
                Beat(
                    .seconds(420),
                    .record(
                        .pathExcluded, .site,
                        data: ["exclusionType": "path", "osFamily": "windows", "value": .text(folder)])),
                Beat(
                    .seconds(440),
                    .record(
                        .hashExcluded, .account,
                        data: ["exclusionType": "hash", "osFamily": "windows", "value": .text(dice.hex(40))])),
                Beat(
                    .seconds(600),
                    .record(.userDisabledAgent, .host(0), data: ["disabledLevel": "fully", "expiration": nil])),
                Beat(.seconds(900), .record(.tokenMade, .account, data: ["byUser": nil])),
                Beat(
                    .seconds(960),
                    .record(
                        .serviceUserAdded, .account,
                        data: ["name": "svc-export", "role": "Admin", "description": "nightly export"])),
                Beat(
                    .seconds(1_000),
                    .record(.userAdded, .account, data: ["byUser": nil, "role": "Admin", "userscope": "account"])),
                Beat(.seconds(1_200), .record(.loggedOut, .account, data: login)),
            ]
        })
}
