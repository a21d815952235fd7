@_exported import StrataCharts
@_exported import StrataDiagnostics
@_exported import StrataModels
@_exported import StrataSampling
