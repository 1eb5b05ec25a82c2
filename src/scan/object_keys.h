// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/sweep_scan.h"
#include "stage/stage.h"

namespace dhs::scan {

/// DataError that counts the objects (BRICKNAME, OBJID) that are candidates of more than one sweep, and names the first
/// few and their sweeps: a sweep listed under two names, or two releases of it. Such objects would be counted and
/// written twice. `directory`: with the candidates of the scan.
/// Only bricks that are in several sweeps are looked at. Memory: 16 bytes a candidate in these, in as many passes as
/// keep that below 128 MiB.
Status CheckNoObjectTwice(RunContext& context, const SweepScan& scan, const std::string& directory);

}  // namespace dhs::scan
