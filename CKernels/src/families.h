// Log densities of the families.
static double log_density(strata_family family, size_t n, strata_argument y,
                          const strata_argument arguments[3]) {
  (void)family; (void)n; (void)y; (void)arguments;
  return 0;
}
