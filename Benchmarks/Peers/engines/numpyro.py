"""NumPyro's NUTS in double precision, one XLA host device for each chain.

The kernel is compiled ahead of time, so that compiling and sampling can be told apart:
`numpyro.infer.MCMC` does the same work, but compiles inside `run()`, and again on every run.
"""

import os
import time

import numpy as np

from engines.base import Engine, Run, by_level, median_stretch


class NumPyro(Engine):
    """`chain_method="parallel"`, which was the fastest here."""

    name = "numpyro"
    packages = ("numpyro", "jax", "jaxlib")

    def fit(self, problem, data, settings):
        jax = _jax(devices=settings.chains)
        from numpyro.infer import NUTS

        model, data = _model(jax, problem, data)
        started = time.perf_counter()
        kernel = NUTS(model, target_accept_prob=0.8)
        keys = jax.random.split(jax.random.PRNGKey(settings.seed), settings.chains)
        kernel.init(keys[0], settings.warmup, None, (data,), {})
        to_model_scale = kernel.postprocess_fn((data,), {})

        def chain(key):
            def warm(state, _):
                state = kernel.sample(state, (data,), {})
                return state, state.num_steps

            def draw(state, _):
                state = kernel.sample(state, (data,), {})
                return state, (state.z, state.num_steps, state.diverging)

            state = kernel.init(key, settings.warmup, None, (data,), {})
            state, warm_steps = jax.lax.scan(warm, state, None, length=settings.warmup)
            _, (z, steps, divergent) = jax.lax.scan(draw, state, None, length=settings.draws)
            return z, warm_steps, steps, divergent

        sample = jax.pmap(chain).lower(keys).compile()
        shapes = jax.eval_shape(jax.pmap(chain), keys)[0]
        convert = jax.pmap(lambda z: jax.lax.map(to_model_scale, z)).lower(shapes).compile()
        setup = time.perf_counter() - started

        started = time.perf_counter()
        z, warm_steps, steps, divergent = sample(keys)
        values = jax.block_until_ready(convert(z))
        seconds = time.perf_counter() - started
        return Run(
            setup_seconds=setup, sampling_seconds=seconds,
            draws={name: by_level(values[name]) for name in problem.parameters},
            divergences=int(np.sum(divergent)), warmup_gradients=int(np.sum(warm_steps)),
            draw_gradients=int(np.sum(steps)))

    def gradient(self, problem, data):
        jax = _jax(devices=1)
        from jax.flatten_util import ravel_pytree
        from numpyro.infer.util import initialize_model

        model, data = _model(jax, problem, data)
        start = initialize_model(jax.random.PRNGKey(0), model, model_args=(data,))
        position, unravel = ravel_pytree(start.param_info.z)
        density = jax.value_and_grad(lambda q: start.potential_fn(unravel(q)))

        def step(_, state):
            # Each call depends on the one before, so that none can be left out.
            q, total = state
            value, gradient = density(q)
            return q * 0.999 + 1e-9 * gradient / (1 + abs(gradient)), total + value

        loop = jax.jit(lambda q, count: jax.lax.fori_loop(0, count, step, (q, 0.0)))

        def seconds(count):
            started = time.perf_counter()
            jax.block_until_ready(loop(position, count))
            return time.perf_counter() - started

        seconds(1)
        return median_stretch(seconds)


def _jax(devices):
    """JAX in double precision with so many host devices; they are fixed at its first import."""
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def _model(jax, problem, data):
    """The model, and its data on the device; sizes stay numbers, because shapes are made of them."""
    from models import numpyro_models

    arrays = {
        name: jax.numpy.asarray(values) if isinstance(values, np.ndarray) else values
        for name, values in data.items()}
    function = numpyro_models.MODELS[problem.name]
    return (lambda d: function({**arrays, **d})), jax.block_until_ready(
        {name: values for name, values in arrays.items() if not isinstance(values, int)})
