// swift-tools-version: 6.2
import PackageDescription

// Who may know whom. Read from the bottom: every arrow points upwards, none points back.
//
//   watchword      arguments, and nothing else
//   RadiusServer   introduces the two: sockets, clients, mapping, configuration, operations
//   RadiusCodec    octets; has never heard of a user
//   TokenEngine    users and tokens; has never heard of a packet
//   Cryptography   the only target that touches OpenSSL
//
// There are no Swift packages. OpenSSL and SQLite are system libraries; PCRE2 is used through the run-time
// library that every Debian system has (see Sources/CPCRE2); everything else hides behind a trait that is off.

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .swiftLanguageMode(.v6),
]

let package = Package(
    name: "watchword",
    products: [
        .executable(name: "watchword", targets: ["watchword"])
    ],
    traits: [
        .trait(name: "QRCode", description: "QR codes in the terminal, by libqrencode")
    ],
    targets: [
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(name: "CPCRE2"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CQRCode"),

        .target(name: "EmbeddedFiles"),

        .target(name: "Cryptography", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "RadiusCodec", dependencies: ["Cryptography"], swiftSettings: strict),
        .target(name: "TokenEngine", dependencies: ["Cryptography", "CSQLite"], swiftSettings: strict),
        .target(
            name: "RadiusServer",
            dependencies: [
                "Cryptography", "RadiusCodec", "TokenEngine", "CLinux", "CPCRE2", "EmbeddedFiles",
                .target(name: "CQRCode", condition: .when(traits: ["QRCode"])),
            ],
            swiftSettings: strict),
        .executableTarget(name: "watchword", dependencies: ["RadiusServer"], swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: ["Cryptography"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "FuzzTargets", dependencies: ["RadiusServer", "RadiusCodec", "Cryptography", "TestSupport"],
            path: "Tests/FuzzTargets", exclude: ["Corpus"], swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "TestSupport"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "RadiusCodecTests", dependencies: ["RadiusCodec", "Cryptography", "TestSupport"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "TokenEngineTests", dependencies: ["TokenEngine", "Cryptography", "TestSupport"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "RadiusServerTests",
            dependencies: ["RadiusServer", "RadiusCodec", "TokenEngine", "Cryptography", "TestSupport"],
            resources: [.copy("Files")], swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["TestSupport", "TokenEngine"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["watchword", "TestSupport"], swiftSettings: strict),
    ],
    // #embed, by which the dictionary and the sample mapping come into the binary, is C23's.
    cLanguageStandard: .c2x
)

// libFuzzer brings a `main` of its own, so its program cannot be linked where everything else is: `make fuzz` asks for it.
if Context.environment["WATCHWORD_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzzer", exclude: ["run"], swiftSettings: strict
        ))
}
