// Real routines only: LAPACKE's complex types need <complex.h>, which Swift cannot import.
#define lapack_complex_float float
#define lapack_complex_double double
#include <lapacke.h>
