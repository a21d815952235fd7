// swift-tools-version: 6.1
import PackageDescription

// No unsafeFlags anywhere: other packages could not depend on this one if it used them.
// The C kernels enable instruction sets by function attributes instead.

let package = Package(
  name: "strata",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Strata", targets: ["Strata"]),
    .library(name: "StrataDiagnostics", targets: ["StrataDiagnostics"]),
    .library(name: "StrataCharts", targets: ["StrataCharts"]),
    .executable(name: "strata", targets: ["StrataCLI"]),
    .executable(name: "bench", targets: ["bench"]),
    .executable(name: "workflows", targets: ["workflows-command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // MARK: Public API
    .target(
      name: "Strata",
      dependencies: [
        "StrataKernels", "StrataModels", "StrataSampling", "StrataDiagnostics", "StrataCharts",
      ]),
    .target(name: "StrataDiagnostics"),
    .target(name: "StrataCharts"),

    // MARK: Implementation
    .target(name: "StrataModels", dependencies: ["StrataKernels", "StrataSampling"]),
    .target(name: "StrataSampling", dependencies: ["StrataKernels"]),
    .target(name: "StrataKernels", dependencies: ["CKernels"]),
    .target(
      name: "CKernels", path: "CKernels",
      cSettings: [.headerSearchPath("src")],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),

    // MARK: Commands
    .executableTarget(
      name: "StrataCLI",
      dependencies: [
        "Strata", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Strata", "StrataKernels", "StrataModels", "StrataSampling", "StrataDiagnostics", "CLimits",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/bench"),
    .target(name: "CLimits", path: "Benchmarks/CLimits"),

    // MARK: Worked examples
    .target(
      name: "Workflows", dependencies: ["Strata", "StrataCharts"], path: "Examples/Workflows"),
    .executableTarget(
      name: "workflows-command", dependencies: ["Workflows", "StrataCharts"], path: "Examples/Run"),

    // MARK: Tests
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(
      name: "StrataKernelsTests", dependencies: ["StrataKernels", "TestSupport"],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "StrataDiagnosticsTests", dependencies: ["StrataDiagnostics", "TestSupport"],
      resources: [.copy("Reference")]),
    .testTarget(name: "StrataChartsTests", dependencies: ["StrataCharts", "TestSupport"]),
    .testTarget(
      name: "WorkflowTests",
      dependencies: ["Workflows", "Strata", "StrataDiagnostics", "TestSupport"]),
    .testTarget(
      name: "StrataSamplingTests",
      dependencies: ["StrataSampling", "StrataDiagnostics", "TestSupport"]),
    .testTarget(
      name: "StrataModelsTests", dependencies: ["StrataModels", "StrataSampling", "TestSupport"],
      resources: [.copy("Reference")]),
    .testTarget(
      name: "StrataTests",
      dependencies: ["Strata", "StrataKernels", "StrataModels", "TestSupport"]),
    .testTarget(
      name: "StatisticalTests",
      dependencies: [
        "Strata", "StrataModels", "StrataSampling", "StrataDiagnostics", "TestSupport",
      ]
    ),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
