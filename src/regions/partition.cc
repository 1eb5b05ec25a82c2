// SPDX-License-Identifier: Apache-2.0
#include "regions/partition.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "regions/brick_boxes.h"
#include "regions/edge_adjacency.h"
#include "regions/neighbor_lists.h"
#include "sky/unit_vector.h"

namespace dhs::regions {

Result<Neighborhood> FindNeighborhood(const BrickColumns& bricks, const RegionsOptions& options,
                                      const std::string& bounds_path) {
  Neighborhood result;
  const bool by_edges = options.adjacency == kTessellationAdjacency;
  if (by_edges || options.split_buffer_deg > 0) {
    ARROW_ASSIGN_OR_RAISE(const BrickBoxes boxes, FindBoxes(bricks, bounds_path));
    ARROW_ASSIGN_OR_RAISE(result.rows, MakeBrickRows(boxes, bricks.name, bounds_path));
    result.boxes = boxes.counts();
  }
  result.pairs = by_edges ? EdgeAdjacency(*result.rows) : GridAdjacency(bricks.ra_deg, bricks.dec_deg, options.grid);
  result.components = ConnectedComponents(static_cast<int32_t>(bricks.size()), result.pairs);
  return result;
}

Result<Tiles> CutBricks(const BrickColumns& bricks, const Neighborhood& neighborhood, const Tiling& tiling,
                        int num_threads, const StopToken& stop) {
  const Components& components = neighborhood.components;
  if (tiling.kind == Tiling::Kind::kNone) return Tiles{components.component, components.num_components};
  std::vector<sky::UnitVector> places(bricks.size());
  constexpr size_t kStretch = 16'384;
  const auto num_stretches = static_cast<int64_t>((places.size() + kStretch - 1) / kStretch);
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, num_stretches, stop, [&](int, int64_t stretch) {
    const size_t first = static_cast<size_t>(stretch) * kStretch;
    for (size_t i = first; i < std::min(first + kStretch, places.size()); ++i) {
      places[i] = sky::UnitVectorOf(bricks.ra_deg[i], bricks.dec_deg[i]);
    }
    return Status::OK();
  }));
  const NeighborLists neighbors(static_cast<int32_t>(bricks.size()), neighborhood.pairs);
  return CutIntoTiles(components, {&neighbors, places, bricks.area_deg2}, bricks.ra_deg, bricks.dec_deg, tiling,
                      num_threads, stop);
}

}  // namespace dhs::regions
