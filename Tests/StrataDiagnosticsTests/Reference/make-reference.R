# Makes draws.csv and reference.csv: draws of many kinds and what the R package posterior says of
# them. Run in this folder: Rscript make-reference.R
# Needs Debian's r-cran-posterior. Nothing else does: the tests read the two files only.
library(posterior)
set.seed(20261121)

ar1 <- function(n, phi) {
  x <- numeric(n)
  x[1] <- rnorm(1)
  for (i in 2:n) x[i] <- phi * x[i - 1] + sqrt(1 - phi^2) * rnorm(1)
  x
}
chains <- function(m, f) sapply(seq_len(m), function(k) f(k))

sets <- list(
  iid = chains(4, function(k) rnorm(200)),
  ar1 = chains(4, function(k) ar1(200, 0.7)),
  # Needs more lags than direct summation takes, so it tests the Fourier transform.
  slow = chains(3, function(k) ar1(1000, 0.995)),
  cauchy = chains(4, function(k) rcauchy(200)),
  ties = chains(4, function(k) rpois(200, 4)),
  binary = chains(4, function(k) rbinom(200, 1, 0.3)),
  odd = chains(4, function(k) ar1(101, 0.4)),
  odd_ties = chains(2, function(k) rpois(63, 2)),
  shifted = chains(4, function(k) rnorm(150) + (k == 3)),
  scaled = chains(4, function(k) rnorm(150) * (if (k == 2) 3 else 1)),
  one_chain = chains(1, function(k) ar1(300, 0.5)),
  one_chain_odd = chains(1, function(k) rnorm(51)),
  antithetic = chains(4, function(k) ar1(200, -0.8)),
  very_antithetic = chains(4, function(k) ar1(100, -0.995)),
  trend = chains(2, function(k) seq(0, 2, length.out = 120) + rnorm(120)),
  tiny4 = chains(4, function(k) rnorm(4)),
  tiny5 = chains(4, function(k) rnorm(5)),
  tiny6 = chains(4, function(k) rnorm(6)),
  tiny7 = chains(2, function(k) rnorm(7)),
  tiny11 = chains(3, function(k) rnorm(11)),
  tiny13 = chains(3, function(k) ar1(13, 0.5)),
  large = chains(4, function(k) 1e12 * (3 + ar1(100, 0.3))),
  small = chains(4, function(k) 1e-12 * ar1(100, 0.3)),
  offset = chains(4, function(k) 1000 + 0.01 * ar1(100, 0.6)),
  one_stuck = chains(4, function(k) if (k == 1) rep(0.25, 100) else rnorm(100)),
  all_stuck = chains(3, function(k) rep(k, 40))
)

# Nine digits are kept, so that the file stays small; all results are for the rounded numbers.
text <- lapply(sets, function(x) apply(x, 2, function(column) sprintf("%.9g", column)))
sets <- lapply(text, function(x) matrix(as.numeric(x), nrow(x), ncol(x)))

lines <- unlist(lapply(names(text), function(name) {
  apply(text[[name]], 2, function(column) paste(c(name, column), collapse = ","))
}))
writeLines(c("# set,draws of one chain", lines), "draws.csv")

probabilities <- c(0, 0.01, 0.05, 0.25, 0.5, 0.9, 0.95, 1)
diagnostics <- function(x) {
  q <- function(prefix, f) {
    values <- sapply(probabilities, function(p) suppressWarnings(unname(f(x, probs = p))))
    setNames(values, paste0(prefix, "@", probabilities))
  }
  suppressWarnings(c(
    rhat = rhat(x), ess_bulk = ess_bulk(x), ess_tail = ess_tail(x),
    ess_mean = ess_mean(x), ess_sd = ess_sd(x),
    mcse_mean = mcse_mean(x), mcse_sd = mcse_sd(x),
    mean = mean(x), sd = sd(x),
    q("quantile", quantile), q("ess_quantile", ess_quantile), q("mcse_quantile", mcse_quantile)
  ))
}
rows <- unlist(lapply(names(sets), function(name) {
  d <- diagnostics(sets[[name]])
  sprintf("%s,%s,%.17g", name, names(d), d)
}))
# Stan's formula, on the first chain as if its draws were energies.
bfmi <- sapply(names(sets), function(name) {
  e <- sets[[name]][, 1]
  sum(diff(e)^2) / sum((e - mean(e))^2)
})
rows <- c(rows, sprintf("%s,e_bfmi,%.17g", names(bfmi), bfmi))
# Distribution functions that the diagnostics use, from R itself.
p <- c(1e-12, 1e-6, 0.001, 0.07, 0.075, 0.0751, 0.3, 0.5, 0.6, 0.925, 0.95, 0.999, 1 - 1e-6)
rows <- c(rows, sprintf("normal_quantile,%.17g,%.17g", p, qnorm(p)))
f <- expand.grid(f = c(0.1, 1, 2.5, 4, 10), d1 = c(1, 3, 7), d2 = c(0.5, 12, 392, 7992))
rows <- c(rows, sprintf(
  "fisher_tail,%g;%g;%g,%.17g", f$f, f$d1, f$d2, pf(f$f, f$d1, f$d2, lower.tail = FALSE)))
b <- expand.grid(p = c(0.1586553, 0.8413447), a = c(1, 20.5, 401), b = c(1, 3.25, 3800))
rows <- c(rows, sprintf("beta_quantile,%.17g;%g;%g,%.17g", b$p, b$a, b$b, qbeta(b$p, b$a, b$b)))

header <- sprintf(
  "# posterior %s, %s, %s", packageVersion("posterior"), R.version.string, Sys.Date())
writeLines(c(header, "# set,diagnostic,value", rows), "reference.csv")
