// What CmdStan does for one chain, without its files of text: Stan's NUTS with a diagonal metric, all
// settings at Stan's defaults. Draws leave as raw float64.
//
//   driver DATA.json sample OUT CHAIN SEED WARMUP DRAWS   writes OUT (draw, parameter) and OUT.names
//   driver DATA.json gradient
//
// Prints one line of JSON.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <stan/callbacks/interrupt.hpp>
#include <stan/callbacks/stream_logger.hpp>
#include <stan/callbacks/writer.hpp>
#include <stan/io/empty_var_context.hpp>
#include <stan/io/json/json_data.hpp>
#include <stan/io/var_context.hpp>
#include <stan/model/model_base.hpp>
#include <stan/services/sample/hmc_nuts_diag_e_adapt.hpp>

// Defined by the code that stanc makes of the model.
stan::model::model_base& new_model(stan::io::var_context& data, unsigned int seed, std::ostream* messages);

using Clock = std::chrono::steady_clock;

static double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Counts steps and divergences, and writes the parameters of the draws after warmup.
class DrawWriter : public stan::callbacks::writer {
 public:
  long warmup_gradients = 0, draw_gradients = 0, divergences = 0;

  DrawWriter(const std::string& path, int warmup) : path_(path), file_(fopen(path.c_str(), "wb")), warmup_(warmup) {}
  ~DrawWriter() { fclose(file_); }

  void operator()(const std::vector<std::string>& names) override {
    std::ofstream out(path_ + ".names");
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "n_leapfrog__") steps_ = i;
      if (names[i] == "divergent__") divergent_ = i;
      // Columns of the sampler come first and end in two underscores.
      if (names[i].size() > 2 && names[i].substr(names[i].size() - 2) == "__") first_ = i + 1;
    }
    for (size_t i = first_; i < names.size(); ++i) out << names[i] << "\n";
  }

  void operator()(const std::vector<double>& row) override {
    if (row_++ < warmup_) {
      warmup_gradients += row[steps_];
      return;
    }
    draw_gradients += row[steps_];
    divergences += row[divergent_];
    fwrite(row.data() + first_, sizeof(double), row.size() - first_, file_);
  }

  void operator()(const std::string&) override {}
  void operator()() override {}

 private:
  std::string path_;
  FILE* file_;
  long warmup_, row_ = 0;
  size_t steps_ = 0, divergent_ = 0, first_ = 0;
};

static int sample(stan::model::model_base& model, char** arguments) {
  const unsigned chain = atoi(arguments[1]), seed = atoi(arguments[2]);
  const int warmup = atoi(arguments[3]), draws = atoi(arguments[4]);
  DrawWriter writer(arguments[0], warmup);
  stan::callbacks::writer none;
  stan::callbacks::interrupt interrupt;
  stan::callbacks::stream_logger logger(std::cerr, std::cerr, std::cerr, std::cerr, std::cerr);
  stan::io::empty_var_context start;
  const auto started = Clock::now();
  // Radius 2, no thinning, warmup kept (for its count of steps), step size 1 without jitter, depth 10,
  // acceptance 0.8; gamma, kappa, t0 of the step size; the three windows of warmup.
  const int status = stan::services::sample::hmc_nuts_diag_e_adapt(
      model, start, seed, chain, 2.0, warmup, draws, 1, true, 0, 1.0, 0.0, 10, 0.8, 0.05, 0.75, 10, 75,
      50, 25, interrupt, logger, none, writer, none);
  printf("{\"seconds\": %.6f, \"warmup_gradients\": %ld, \"draw_gradients\": %ld, \"divergences\": %ld}\n",
         seconds_since(started), writer.warmup_gradients, writer.draw_gradients, writer.divergences);
  return status;
}

// The median of 15 stretches of about 20 ms after the first, as for the other engines.
static int time_gradient(stan::model::model_base& model) {
  const size_t dimension = model.num_params_r();
  Eigen::VectorXd position(dimension), gradient(dimension);
  for (size_t i = 0; i < dimension; ++i) position[i] = 0.2 * std::sin(1.0 + i);
  double sum = 0;
  auto time = [&](long calls) {
    const auto started = Clock::now();
    for (long i = 0; i < calls; ++i) sum += stan::model::log_prob_grad<true, true>(model, position, gradient);
    return seconds_since(started);
  };
  long calls = 1;
  while (time(calls) < 0.01) calls *= 2;
  std::vector<double> stretches;
  for (int i = 0; i < 15; ++i) stretches.push_back(time(calls) / calls);
  std::sort(stretches.begin(), stretches.end());
  printf("{\"nanoseconds\": %.2f, \"is_finite\": %d}\n", stretches[7] * 1e9, int(std::isfinite(sum)));
  return 0;
}

int main(int count, char** arguments) {
  if (count < 3) return 2;
  std::ifstream file(arguments[1]);
  stan::json::json_data data(file);
  auto& model = new_model(data, 1, &std::cerr);
  if (std::string(arguments[2]) == "sample" && count == 8) return sample(model, arguments + 3);
  return time_gradient(model);
}
