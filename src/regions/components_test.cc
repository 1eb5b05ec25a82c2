// SPDX-License-Identifier: Apache-2.0
#include "regions/components.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sky/tessellation.h"

namespace dhs::regions {
namespace {

struct Centres {
  std::vector<double> ra, dec;
};

Components Connect(const Centres& c, const GridOptions& options = {}) {
  return ConnectedComponents(static_cast<int32_t>(c.ra.size()), GridAdjacency(c.ra, c.dec, options));
}

// All pairs, straight from the definition.
bool Adjacent(const Centres& c, size_t i, size_t j, const GridOptions& o) {
  const auto bucket = [&](double x) { return static_cast<int>(std::floor(x / o.cell_deg)); };
  if (std::abs(bucket(c.ra[i]) - bucket(c.ra[j])) > 1) return false;
  if (std::abs(bucket(c.dec[i] + 90) - bucket(c.dec[j] + 90)) > 1) return false;
  const double dra = std::fabs(c.ra[i] - c.ra[j]);
  return std::fabs(c.dec[i] - c.dec[j]) <= o.dec_eps_deg && std::min(dra, 360.0 - dra) <= o.ra_eps_deg;
}

Components FloodFill(const Centres& c, const GridOptions& options) {
  const size_t n = c.ra.size();
  Components result;
  result.component.assign(n, -1);
  result.degree.assign(n, 0);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) result.degree[i] += i != j && Adjacent(c, i, j, options);
  }
  for (size_t start = 0; start < n; ++start) {
    if (result.component[start] >= 0) continue;
    std::vector<size_t> stack = {start};
    result.component[start] = result.num_components;
    while (!stack.empty()) {
      const size_t i = stack.back();
      stack.pop_back();
      for (size_t j = 0; j < n; ++j) {
        if (result.component[j] >= 0 || !Adjacent(c, i, j, options)) continue;
        result.component[j] = result.num_components;
        stack.push_back(j);
      }
    }
    ++result.num_components;
  }
  return result;
}

// Bricks of a patch of the tessellation with holes.
rc::Gen<Centres> Footprints() {
  return rc::gen::exec([] {
    const int32_t first_row = *rc::gen::inRange(1, sky::kNumRows - 8);
    const double ra = *rc::gen::element(0.0, 359.0, 120.0, 240.5);
    Centres c;
    for (int32_t row = first_row; row < first_row + *rc::gen::inRange(1, 7); ++row) {
      const int32_t num_columns = sky::NumColumns(row);
      const auto first = static_cast<int32_t>(ra / 360.0 * num_columns);
      for (int32_t k = 0; k < std::min(10, num_columns); ++k) {
        if (*rc::gen::inRange(0, 100) < 35) continue;
        const sky::Brick brick{row, (first + k) % num_columns};
        c.ra.push_back(sky::CenterRaDeg(brick));
        c.dec.push_back(sky::CenterDecDeg(brick));
      }
    }
    return c;
  });
}

RC_GTEST_PROP(ComponentsProperty, EqualAFloodFillOverAllPairs, ()) {
  const Centres c = *Footprints();
  GridOptions options;
  options.cell_deg = *rc::gen::element(0.25, 0.3, 1.0);
  options.ra_eps_deg = *rc::gen::element(0.0, 0.25, 0.30, 0.5);
  options.dec_eps_deg = *rc::gen::element(0.0, 0.25, 0.30, 0.5);
  const Components found = Connect(c, options), expected = FloodFill(c, options);
  RC_ASSERT(found.component == expected.component);
  RC_ASSERT(found.degree == expected.degree);
  RC_ASSERT(found.num_components == expected.num_components);
}

RC_GTEST_PROP(ComponentsProperty, DoNotDependOnTheOrderOfRows, ()) {
  const Centres c = *Footprints();
  std::vector<size_t> order(c.ra.size());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<size_t>(0, i)]);
  Centres shuffled;
  for (const size_t i : order) {
    shuffled.ra.push_back(c.ra[i]);
    shuffled.dec.push_back(c.dec[i]);
  }
  const Components plain = Connect(c), mixed = Connect(shuffled);
  RC_ASSERT(plain.num_components == mixed.num_components);
  std::map<int32_t, int32_t> label;
  for (size_t i = 0; i < order.size(); ++i) {
    RC_ASSERT(plain.degree[order[i]] == mixed.degree[i]);
    const auto [entry, is_new] = label.emplace(mixed.component[i], plain.component[order[i]]);
    RC_ASSERT(entry->second == plain.component[order[i]]);
  }
}

TEST(ComponentsTest, DistancesAreInclusiveAndWithoutTolerance) {
  const GridOptions options{.cell_deg = 1.0};
  EXPECT_EQ(Connect({{10.0, 10.30}, {0, 0}}, options).num_components, 2) << "10.30 - 10.0 is 0.30000000000000071";
  EXPECT_EQ(Connect({{0.0, 0.30}, {0, 0}}, options).num_components, 1);
  EXPECT_EQ(Connect({{10, 10}, {0, 0.30}}, options).num_components, 1);
  EXPECT_EQ(Connect({{10, 10}, {0, std::nextafter(0.30, 1)}}, options).num_components, 2);
}

TEST(ComponentsTest, BucketsDoNotWrapAtRaZero) {
  EXPECT_EQ(Connect({{0.125, 359.875}, {0, 0}}).num_components, 2);
  EXPECT_EQ(Connect({{0.125, 359.875}, {0, 0}}).degree, (std::vector<int32_t>{0, 0}));
}

TEST(ComponentsTest, AKnownFigureOfTheApproximation) {
  // In the row at Dec 34 columns are 0.301 deg apart: no neighbours within the row, as the earlier system had it.
  const sky::Brick west{496, 100}, east{496, 101};
  ASSERT_EQ(sky::CenterDecDeg(west), 34.0);
  EXPECT_EQ(Connect({{sky::CenterRaDeg(west), sky::CenterRaDeg(east)}, {34.0, 34.0}}).num_components, 2);
}

TEST(ComponentsTest, ABlockIsOneComponentInWhateverOrderItsBricksCome) {
  // Four rows of 1,000 bricks, in an order that alternates between the ends.
  Centres c;
  constexpr int kLength = 4000;
  for (int k = 0; k < kLength; ++k) {
    const int place = k % 2 == 0 ? k / 2 : kLength - 1 - k / 2;
    c.ra.push_back((place % 1000) * 0.25 + 0.125);
    c.dec.push_back((place / 1000) * 0.25);
  }
  const Components found = Connect(c);
  EXPECT_EQ(found.num_components, 1);
  EXPECT_EQ(*std::max_element(found.degree.begin(), found.degree.end()), 8);
}

TEST(ComponentsTest, NothingHasNoComponents) { EXPECT_EQ(Connect({}).num_components, 0); }

}  // namespace
}  // namespace dhs::regions
