// SPDX-License-Identifier: Apache-2.0
// Edge adjacency on a real footprint: the 319,078 DR10-south bricks that hold LRGs.
#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "sky/tessellation.h"
#include "testing/testing.h"

namespace dhs::sky {
namespace {

TEST(FootprintTest, RealFootprintFallsIntoThePublishedComponents) {
  const std::string text = dhs::testing::ReadGzip(DHS_TEST_DATA("tables/dr10-south-brick-lrg-counts.csv.gz"));
  std::unordered_map<int32_t, int32_t> index_of_id;
  std::vector<Brick> bricks;
  for (size_t start = text.find('\n') + 1; start < text.size(); start = text.find('\n', start) + 1) {
    const auto name = BrickName::Parse(std::string_view(text).substr(start, 8));
    ASSERT_TRUE(name.has_value()) << text.substr(start, 8);
    const auto brick = BrickFromName(*name);
    ASSERT_TRUE(brick.has_value()) << name->ToString();
    index_of_id.emplace(BrickId(*brick), static_cast<int32_t>(bricks.size()));
    bricks.push_back(*brick);
  }
  ASSERT_EQ(bricks.size(), 319'078u);
  ASSERT_EQ(index_of_id.size(), bricks.size());

  std::vector<int32_t> component(bricks.size(), -1);
  std::vector<int32_t> sizes, stack;
  for (size_t seed = 0; seed < bricks.size(); ++seed) {
    if (component[seed] >= 0) continue;
    const auto label = static_cast<int32_t>(sizes.size());
    sizes.push_back(0);
    component[seed] = label;
    stack.push_back(static_cast<int32_t>(seed));
    while (!stack.empty()) {
      const auto i = static_cast<size_t>(stack.back());
      stack.pop_back();
      ++sizes.back();
      for (const Brick neighbor : EdgeNeighbors(bricks[i])) {
        const auto found = index_of_id.find(BrickId(neighbor));
        if (found == index_of_id.end() || component[static_cast<size_t>(found->second)] >= 0) continue;
        component[static_cast<size_t>(found->second)] = label;
        stack.push_back(found->second);
      }
    }
  }
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  ASSERT_EQ(sizes.size(), 35u);
  EXPECT_EQ(std::vector<int32_t>(sizes.begin(), sizes.begin() + 6),
            (std::vector<int32_t>{178'406, 138'411, 375, 219, 196, 112}));
}

}  // namespace
}  // namespace dhs::sky
