# Makes loglik.csv and loo-reference.csv: log-likelihoods of many kinds, and what the R package loo says of them;
# pairs of a quantity and a log prior, and their sensitivity as the R package priorsense defines it.
# Run in this folder: Rscript make-loo-reference.R
# Needs Debian's r-cran-loo. Nothing else does: the tests read the two files only.
suppressMessages(library(loo))
set.seed(20261122)
options(digits = 17)

ar1 <- function(n, phi) {
  x <- numeric(n)
  x[1] <- rnorm(1)
  for (i in 2:n) x[i] <- phi * x[i - 1] + sqrt(1 - phi^2) * rnorm(1)
  x
}
# iterations x chains x observations
build <- function(n, m, obs, f) {
  a <- array(0, c(n, m, length(obs)))
  for (i in seq_along(obs)) for (k in seq_len(m)) a[, k, i] <- f(n, obs[i])
  a
}

sets <- list(
  # Normal outcomes at these distances from the mean, with a posterior of the mean.
  normal = build(250, 4, c(0, 1, -2, 4), function(n, y) dnorm(y, rnorm(n, 0, 0.3), 1, log = TRUE)),
  correlated = build(200, 3, c(0.5, 2), function(n, y) dnorm(y, 0.4 * ar1(n, 0.8), 0.8, log = TRUE)),
  # Ratios with tails of shape about 0.8 and 1.5: k is too high.
  heavy = build(250, 4, c(0.8, 1.5), function(n, k) -k * rexp(n) - 1),
  # Ratios whose logarithms span more than exp() can hold.
  wide = build(100, 4, c(300, 2000), function(n, scale) -scale * runif(n)^2),
  poisson = build(100, 2, c(0, 3, 9), function(n, y) dpois(y, rgamma(n, 30, 10), log = TRUE)),
  # Few distinct values: ties across the start of the tail, and a tail of equal values.
  ties = build(100, 2, c(6, 1), function(n, k) -0.25 * rbinom(n, k, 0.5)),
  long = build(1000, 4, 2.5, function(n, y) dnorm(y, 0.5 * ar1(n, 0.3), 1, log = TRUE)),
  one_chain = build(61, 1, c(0, 2), function(n, y) dnorm(y, rnorm(n, 0, 0.5), 1, log = TRUE)),
  # 30 draws: a tail of 6. 20 draws: a tail of 4, too short to smooth.
  small = build(15, 2, c(0, 1), function(n, y) dnorm(y, rnorm(n, 0, 0.5), 1, log = TRUE)),
  tiny = build(10, 2, c(0, 1), function(n, y) dnorm(y, rnorm(n, 0, 0.5), 1, log = TRUE)),
  offset = build(50, 2, c(-1e5, 1e5), function(n, y) y + rnorm(n, 0, 0.7))
)

# Nine digits are kept, so that the file stays small; all results are for the rounded numbers.
lines <- c()
for (name in names(sets)) {
  a <- sets[[name]]
  for (i in seq_len(dim(a)[3])) for (k in seq_len(dim(a)[2])) {
    text <- sprintf("%.9g", a[, k, i])
    a[, k, i] <- as.numeric(text)
    lines <- c(lines, paste(c(name, i - 1, text), collapse = ","))
  }
  sets[[name]] <- a
}

rows <- c()
record <- function(set, name, value) {
  rows <<- c(rows, sprintf("%s,%s,%.17g", set, name, value))
}
for (name in names(sets)) {
  a <- sets[[name]]
  shift <- apply(a, 3, max)
  # relative_eff does not depend on the units; without the shift exp() would overflow or vanish.
  r_eff <- relative_eff(exp(sweep(a, 3, shift)))
  n <- dim(a)[3]
  suppressWarnings(result <- loo(a, r_eff = r_eff, save_psis = TRUE))
  suppressWarnings(information <- waic(apply(a, 3, c)))
  weights <- weights(result$psis_object, log = FALSE)
  for (i in seq_len(n)) {
    p <- result$pointwise[i, ]
    at <- function(x) paste0(x, "@", i - 1)
    record(name, at("elpd"), p["elpd_loo"])
    record(name, at("mcse"), p["mcse_elpd_loo"])
    record(name, at("p"), p["p_loo"])
    record(name, at("looic"), p["looic"])
    record(name, at("k"), result$diagnostics$pareto_k[i])
    record(name, at("ess"), result$diagnostics$n_eff[i])
    record(name, at("r_eff"), r_eff[i])
    # Which draw has which weight.
    record(name, at("weight_index"), sum(weights[, i] * (seq_len(nrow(weights)) - 1)))
    record(name, at("largest_weight"), max(weights[, i]))
    record(name, at("elpd_waic"), information$pointwise[i, "elpd_waic"])
    record(name, at("p_waic"), information$pointwise[i, "p_waic"])
  }
  for (what in rownames(result$estimates)) {
    record(name, what, result$estimates[what, "Estimate"])
    record(name, paste0("se_", what), result$estimates[what, "SE"])
  }
  for (what in rownames(information$estimates)) {
    record(name, what, information$estimates[what, "Estimate"])
    record(name, paste0("se_", what), information$estimates[what, "SE"])
  }
}

# Pointwise elpd of four models, compared. One line per model, as a set of its own.
n <- 60
base <- rnorm(n, -1.2, 0.6)
elpd <- cbind(base + rnorm(n, 0, 0.8), base + rnorm(n, 0.05, 0.8), base + rnorm(n, -0.4, 1), base - 3)
elpd <- matrix(as.numeric(sprintf("%.9g", elpd)), n)
for (k in 1:4) lines <- c(lines, paste(c("models", k - 1, sprintf("%.9g", elpd[, k])), collapse = ","))
order <- order(colSums(elpd), decreasing = TRUE)
for (k in 1:4) {
  d <- elpd[, k] - elpd[, order[1]]
  record("models", paste0("rank@", k - 1), which(order == k) - 1)
  record("models", paste0("diff@", k - 1), sum(d))
  record("models", paste0("se_diff@", k - 1), loo:::se_elpd_diff(d))
}
stacked <- stacking_weights(elpd, optim_control = list(reltol = 1e-14, maxit = 1000))
plain <- pseudobma_weights(elpd, BB = FALSE)
boot <- pseudobma_weights(elpd, BB_n = 20000)
for (k in 1:4) {
  record("models", paste0("stacking@", k - 1), stacked[k])
  record("models", paste0("pseudo_bma@", k - 1), plain[k])
  record("models", paste0("pseudo_bma_plus@", k - 1), boot[k])
}

# Power-scaling: cumulative Jensen-Shannon distance as in priorsense (its formulas; its empirical distribution
# functions are running sums of weights), weights by loo::psis.
cjs <- function(x, w) {
  o <- order(x)
  width <- diff(x[o])
  keep <- seq_along(width)
  p <- (cumsum(rep(1, length(x))) / length(x))[keep]
  q <- (cumsum(w[o]) / sum(w))[keep]
  part <- function(a, b) sum(width * a * (log2(a) - log2(0.5 * a + 0.5 * b)), na.rm = TRUE) +
    0.5 / log(2) * (sum(b * width) - sum(a * width))
  sqrt((part(p, q) + part(q, p)) / (sum(p * width) + sum(q * width)))
}
sensitivity <- function(x, component, lower = 0.99, upper = 1.01) {
  distance <- function(alpha) {
    ratios <- (alpha - 1) * component
    r_eff <- relative_eff(array(exp(-(ratios - max(ratios))), c(dim(ratios), 1)))
    w <- suppressWarnings(weights(psis(c(ratios), r_eff = r_eff), log = FALSE))
    max(cjs(c(x), c(w)), cjs(-c(x), c(w)))
  }
  (distance(lower) + distance(upper)) / (2 * log2(upper))
}
for (kind in c("strong", "weak", "discrete")) {
  x <- sapply(1:4, function(k) ar1(100, 0.3))
  if (kind == "discrete") x <- matrix(rpois(400, 3), 100)
  component <- if (kind == "weak") dnorm(x, 0, 20, log = TRUE) else dnorm(x, 3, 0.8, log = TRUE)
  component <- component + matrix(rnorm(400, 0, 0.2), 100)
  x <- matrix(as.numeric(sprintf("%.9g", x)), 100)
  component <- matrix(as.numeric(sprintf("%.9g", component)), 100)
  for (k in 1:4) {
    lines <- c(lines, paste(c(paste0("quantity_", kind), 0, sprintf("%.9g", x[, k])), collapse = ","))
    lines <- c(lines, paste(c(paste0("component_", kind), 0, sprintf("%.9g", component[, k])), collapse = ","))
  }
  record(paste0("quantity_", kind), "sensitivity", sensitivity(x, component))
  # Shortest of all intervals with floor(p S) + 1 draws.
  for (p in c(0.5, 0.8, 0.89, 0.95)) {
    s <- sort(c(x))
    span <- floor(p * length(s))
    widths <- s[(span + 1):length(s)] - s[1:(length(s) - span)]
    record(paste0("quantity_", kind), paste0("hdi_lower@", p), s[which.min(widths)])
    record(paste0("quantity_", kind), paste0("hdi_upper@", p), s[which.min(widths) + span])
    record(paste0("quantity_", kind), paste0("eti_lower@", p), quantile(s, (1 - p) / 2))
    record(paste0("quantity_", kind), paste0("eti_upper@", p), quantile(s, 1 - (1 - p) / 2))
  }
}

# Chi-square tails and binomial tails.
q <- expand.grid(x = c(0.1, 3, 20, 90, 300), df = c(1, 4, 19, 99))
rows <- c(rows, sprintf("chi_square_tail,%g;%g,%.17g", q$x, q$df, pchisq(q$x, q$df, lower.tail = FALSE)))
header <- sprintf("# loo %s, %s, %s", packageVersion("loo"), R.version.string, Sys.Date())
writeLines(c(header, "# set,name,value", rows), "loo-reference.csv")
writeLines(c("# set,observation,draws of one chain", lines), "loglik.csv")
