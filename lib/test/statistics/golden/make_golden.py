"""Makes the golden values beside it: python make_golden.py, with numpy 2.2, scipy 1.16, ruptures 1.1 and apache-otava 0.8.

What no package has is written here once more, by brute force, as its definition says.
"""

import itertools
import json
import math
import pathlib

import numpy as np
import ruptures
from otava.analysis import TTestSignificanceTester, compute_change_points
from otava.change_point_divisive.calculator import PairDistanceCalculator
from scipy import optimize, stats

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(20261126)

# Hollander and Wolfe (1973), pages 29 and 69: the examples of R's wilcox.test.
DEPRESSION_BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
DEPRESSION_AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
PERMEABILITY_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
PERMEABILITY_EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def plain(value):
    """NaN is null in JSON."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return value


def write(name, content):
    (HERE / f"{name}.json").write_text(json.dumps(plain(content), indent=1) + "\n")


def rounded(values, digits=4):
    return [round(float(value), digits) for value in values]


def distributions():
    z = [-37, -20, -8, -7.08, -7.06, -5, -2.5, -1, -0.1, 0, 0.3, 1.96, 4, 7.5, 9]
    p = [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.975, 0.999999]
    t = [[0, 3], [0.5, 1], [2, 4], [-3.5, 9], [12, 20], [1, 300], [40, 8]]
    binomial = [[0, 5, 0.3], [3, 10, 0.5], [9, 10, 0.99], [95, 100, 0.9], [989_900, 1_000_000, 0.99], [2_499_000, 5_000_000, 0.5]]
    write(
        "distributions",
        {
            "normalProbability": [[x, stats.norm.cdf(x)] for x in z],
            "normalQuantile": [[x, stats.norm.ppf(x)] for x in p],
            "studentTwoSided": [[x, df, 2 * stats.t.sf(abs(x), df)] for x, df in t],
            "binomialProbability": [[k, n, q, stats.binom.cdf(k, n, q)] for k, n, q in binomial],
        },
    )


def rank_tests():
    signed = [list(np.round(np.subtract(DEPRESSION_BEFORE, DEPRESSION_AFTER), 3))]
    signed += [rounded(random.normal(0.4, 1, n)) for n in (5, 6, 12, 30, 50, 51, 200)]
    signed += [rounded(random.normal(0.3, 1, n), 1) for n in (8, 20, 70)]
    signed_cases = []
    for values in signed:
        kept = np.array([value for value in values if value != 0])
        ranks = stats.rankdata(abs(kept))
        is_exact = len(kept) == len(values) <= 50 and len(set(abs(kept))) == len(kept)
        p = {
            side: stats.wilcoxon(kept, alternative=side, correction=True, method="exact" if is_exact else "approx").pvalue
            for side in ("two-sided", "less", "greater")
        }
        signed_cases.append({"values": values, "statistic": ranks[kept > 0].sum(), "isExact": is_exact, "p": p})
    sums = [(PERMEABILITY_TERM, PERMEABILITY_EARLY)]
    sums += [(rounded(random.normal(0, 1, n)), rounded(random.normal(0.5, 1, m))) for n, m in ((3, 4), (10, 10), (50, 20), (60, 40))]
    sums += [(rounded(random.normal(0, 1, n), 1), rounded(random.normal(0.5, 1, m), 1)) for n, m in ((8, 12), (30, 40))]
    sum_cases = []
    for first, second in sums:
        both = first + second
        is_exact = max(len(first), len(second)) <= 50 and len(set(both)) == len(both)
        tests = {
            side: stats.mannwhitneyu(first, second, alternative=side, method="exact" if is_exact else "asymptotic")
            for side in ("two-sided", "less", "greater")
        }
        p = {side: test.pvalue for side, test in tests.items()}
        sum_cases.append(
            {"first": first, "second": second, "statistic": tests["less"].statistic, "isExact": is_exact, "p": p}
        )
    write("rank-tests", {"signedRank": signed_cases, "rankSum": sum_cases})


def order_interval(points, null, level):
    """The widest but one: the statistic's whole distribution is `null`, by enumeration."""
    tail = (1 - level) / 2
    outside = -1
    while np.mean(null <= outside + 1) <= tail:
        outside += 1
    if outside < 0:
        return [math.nan, math.nan, level]
    return [points[outside], points[len(points) - 1 - outside], 1 - 2 * np.mean(null <= outside)]


def hodges_lehmann():
    one = [list(np.round(np.subtract(DEPRESSION_BEFORE, DEPRESSION_AFTER), 3))]
    one += [rounded(random.normal(1, 1, n)) for n in (1, 5, 6, 10, 14)]
    one_cases = []
    for values in one:
        n = len(values)
        walsh = np.sort([(values[i] + values[j]) / 2 for i in range(n) for j in range(i, n)])
        signs = np.array(list(itertools.product([0, 1], repeat=n)))
        null = signs @ np.arange(1, n + 1)
        for level in (0.9, 0.95):
            low, high, reached = order_interval(walsh, null, level)
            one_cases.append(
                {"values": values, "asked": level, "value": np.median(walsh), "low": low, "high": high, "level": reached}
            )
    two = [(PERMEABILITY_TERM, PERMEABILITY_EARLY)]
    two += [(rounded(random.normal(0, 1, n)), rounded(random.normal(2, 1, m))) for n, m in ((2, 3), (4, 4), (7, 9))]
    two_cases = []
    for first, second in two:
        n, m = len(first), len(second)
        differences = np.sort(np.subtract.outer(second, first).ravel())
        null = np.array([sum(places) for places in itertools.combinations(range(n + m), n)]) - n * (n - 1) // 2
        low, high, reached = order_interval(differences, null, 0.95)
        two_cases.append(
            {"first": first, "second": second, "value": np.median(differences), "low": low, "high": high, "level": reached}
        )
    write("hodges-lehmann", {"one": one_cases, "two": two_cases})


def quantiles():
    cases = []
    for n, p, level in ((10, 0.5, 0.95), (40, 0.5, 0.9), (40, 0.9, 0.95), (100, 0.99, 0.95), (400, 0.99, 0.95), (400, 0.01, 0.95)):
        values = sorted(rounded(random.lognormal(0, 1, n)))
        interval = stats.quantile_test(values, p=p).confidence_interval(level)
        cases.append(
            {"values": values, "quantile": p, "asked": level, "value": np.quantile(values, p), "low": interval.low, "high": interval.high}
        )
    write("quantile-interval", cases)


def bootstraps():
    cases = []
    for n, statistic in ((12, np.mean), (20, np.median), (15, np.std)):
        values = np.array(rounded(random.lognormal(0, 0.7, n)))
        replicates = np.array([statistic(random.choice(values, n)) for _ in range(499)])
        case = {
            "values": values,
            "replicates": replicates,
            "value": statistic(values),
            "leftOneOut": [statistic(np.delete(values, i)) for i in range(n)],
        }
        for method in ("BCa", "percentile"):
            result = stats.bootstrap(
                (values,), statistic, n_resamples=0, method=method, bootstrap_result=type("Given", (), {"bootstrap_distribution": replicates})
            )
            case[method.lower()] = [result.confidence_interval.low, result.confidence_interval.high]
        cases.append(case)
    write("bootstrap", cases)


def adjustments():
    cases = []
    for values in ([0.01, 0.02, 0.03, 0.04], rounded(random.uniform(0, 0.2, 12)), [0.5, 0.001, 0.001, 1]):
        order = np.argsort(values, kind="stable")
        scaled = [min(1, (len(values) - place) * values[index]) for place, index in enumerate(order)]
        holm = np.empty(len(values))
        holm[order] = np.maximum.accumulate(scaled)
        cases.append({"values": values, "holm": holm, "benjaminiHochberg": stats.false_discovery_control(values)})
    flips = []
    for rounds, series in ((6, 3), (9, 4)):
        values = np.array([rounded(random.normal(0.5, 1, series)) for _ in range(rounds)])
        values[:, 1] = values[:, 0] + np.array(rounded(random.normal(0, 0.2, rounds)))
        signs = np.array(list(itertools.product([1, -1], repeat=rounds)))
        statistics = abs(signs @ values) / np.sqrt((values**2).sum(axis=0))
        seen = statistics[0]
        order = np.argsort(-seen)
        adjusted = np.empty(series)
        before = 0
        for place, index in enumerate(order):
            before = max(before, np.mean(statistics[:, order[place:]].max(axis=1) >= seen[index] - 1e-9))
            adjusted[index] = before
        flips.append({"rounds": values, "p": adjusted})
    write("adjust-p-values", {"families": cases, "flips": flips})


def law(parameters, size):
    scale, sigma, kappa = parameters
    return scale * size / (1 + sigma * (size - 1) + kappa * size * (size - 1))


def scalability():
    # SPEC SDM91: Gunther, "Guerrilla Capacity Planning" (2007) (as in R's package usl).
    sets = [([1, 18, 36, 72, 108, 144, 216], [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2], None)]
    sizes = [1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32]
    for parameters in ((100, 0.05, 0.001), (100, 0.1, 0), (40, 0, 0.0005), (100, 0, 0)):
        noise = np.exp(random.normal(0, 0.03, len(sizes)))
        weights = rounded(random.uniform(0.5, 2, len(sizes)), 2)
        sets.append((sizes, rounded(law(parameters, np.array(sizes)) * noise, 3), weights))
    cases = []
    for size, throughput, weight in sets:
        x, y, w = np.array(size, float), np.array(throughput), np.ones(len(size)) if weight is None else np.array(weight)
        starts = [[y[0], 0.01, 0.0001], [y[0], 0.2, 0.01], [y[0], 1e-6, 1e-6]]
        fits = [
            optimize.least_squares(
                lambda p: np.sqrt(w) * np.log(y / law(p, x)),
                start,
                bounds=([1e-9, 0, 0], np.inf),
                x_scale=[y[0], 0.1, 0.001],
                xtol=1e-15,
                ftol=1e-15,
                gtol=1e-15,
            )
            for start in starts
        ]
        best = min(fits, key=lambda fit: fit.cost)
        scale, sigma, kappa = best.x
        cases.append({"size": size, "throughput": throughput, "weight": w, "lambda": scale, "sigma": sigma, "kappa": kappa, "cost": best.cost})
    write("universal-scalability", cases)


def trend_slopes():
    """Least squares by polyfit, and the noise as trend-slope.ts says, by numpy's QR."""
    cases = []
    for n in (5, 20, 60):
        x = sorted(set(rounded(random.uniform(0, 10, n), 5)))
        y = rounded(2 * np.array(x) + random.standard_t(2, len(x)), 6)
        if n < 8:
            continue  # too few; drawn all the same, as later cases take the numbers after them
        at = np.array(x)
        share = (at - at[0]) / (at[-1] - at[0])
        columns = [np.ones(n), share, *(np.cos(np.pi * wave * share) for wave in range(2, 6))]
        q, r = np.linalg.qr(np.column_stack(columns))
        found = (q * np.sign(np.diag(r))).T @ np.array(y)
        value = np.polyfit(at, y, 1)[0]
        reach = stats.t.ppf(0.975, 4) * np.sqrt((found[2:] ** 2).mean()) / np.sqrt(((at - at.mean()) ** 2).sum())
        cases.append({"x": x, "y": y, "value": value, "low": value - reach, "high": value + reach})
    write("trend-slope", cases)


def history():
    splits = []
    for n in (2, 3, 10, 60):
        series = rounded(np.concatenate([random.normal(0, 1, n // 2), random.normal(1, 2, n - n // 2)]))
        split = PairDistanceCalculator(np.array(series)).get_candidate_change_point(slice(0, n))
        splits.append({"series": series, "index": split.index, "distance": split.qhat})
    cases = []
    for levels in ([100], [100, 110], [100, 90, 95], [100, 140, 100, 101], [5, 5.5, 8, 2, 2.2]):
        for length in (8, 25, 60):
            series = rounded(np.concatenate([random.normal(level, 0.02 * level, length) for level in levels]))
            for ratio in (0, 0.08):
                found, _ = compute_change_points(list(series), min_magnitude=ratio)
                # Its borders as it says; it leaves what it measured before it took others back as it was.
                tester = TTestSignificanceTester(0.001)
                intervals = tester.get_intervals(found)
                measured = [tester.change_point(c.to_candidate(), series, intervals).stats for c in found]
                changes = [[c.index, m.pvalue, m.mean_1, m.mean_2] for c, m in zip(found, measured)]
                cases.append({"series": series, "minRatio": ratio, "changes": changes})
    write("history-changes", {"splits": splits, "histories": cases})


def optimal_borders(values, penalty, least_length):
    """All ends and all starts, nothing pruned: Jackson et al., IEEE Signal Processing Letters 12(2), 2005."""
    best = [(-penalty, [])] + [(math.inf, [])] * len(values)
    for end in range(least_length, len(values) + 1):
        for start in [0, *range(least_length, end - least_length + 1)]:
            part = values[start:end]
            cost = best[start][0] + ((part - part.mean()) ** 2).sum() + penalty
            if cost < best[end][0]:
                best[end] = (cost, [*best[start][1], *([start] if start else [])])
    return best[-1][1]


def change_points():
    cases = []
    for levels in ([50], [50, 58], [71, 5600, 5000], [10, 30, 10, 12, 40]):
        values = rounded(np.concatenate([random.normal(level, 0.1 * level, random.integers(12, 60)) for level in levels]), 2)
        for penalty in (0.5, 4, 1000, 20_000):
            borders = optimal_borders(np.array(values), penalty, 5)
            # Ruptures gives up starts too early for a least length, and so is no better.
            others = ruptures.Pelt(model="l2", min_size=5, jump=1).fit_predict(np.array(values).reshape(-1, 1), pen=penalty)[:-1]
            assert penalty < 4 or borders == others
            cases.append({"values": values, "penalty": penalty, "borders": borders})
    write("pelt", cases)


def group_comparisons():
    """Shifts of logarithms and permutations of who is of which group, of all series at once (Westfall and Young, as with flips)."""
    cases = []
    for sizes, series in (((4, 4), 1), ((5, 4), 3), ((3, 6), 4)):
        first, second = (np.exp(random.normal(5, 0.1, (size, series))).round(3) for size in sizes)
        second[:, 0] = (second[:, 0] * 1.2).round(3)
        logs = np.log(np.concatenate([first, second]))
        centered = logs - logs.mean(axis=0)
        ways = [list(way) for way in itertools.combinations(range(sum(sizes)), sizes[1])]
        statistics = np.array([abs(centered[way].sum(axis=0)) / np.sqrt((centered**2).sum(axis=0)) for way in ways])
        seen = statistics[-1]
        order = np.argsort(-seen)
        adjusted = np.empty(series)
        before = 0
        for place, index in enumerate(order):
            before = max(before, np.mean(statistics[:, order[place:]].max(axis=1) >= seen[index] - 1e-9))
            adjusted[index] = before
        if series == 1 and sizes[0] == sizes[1]:
            alone = stats.permutation_test((logs[: sizes[0], 0], logs[sizes[0] :, 0]), lambda x, y: abs(x.mean() - y.mean()), alternative="greater")
            assert abs(alone.pvalue - adjusted[0]) < 1e-12
        columns = [
            {
                "ratio": math.exp(np.median([y - x for x in np.log(first[:, column]) for y in np.log(second[:, column])])),
                "p": stats.mannwhitneyu(second[:, column], first[:, column], method="exact").pvalue,
            }
            for column in range(series)
        ]
        cases.append({"first": first, "second": second, "corrected": adjusted, "columns": columns})
    write("compare-groups", cases)


for make in (distributions, rank_tests, hodges_lehmann, quantiles, bootstraps, adjustments, scalability, trend_slopes, history, change_points, group_comparisons):
    make()
