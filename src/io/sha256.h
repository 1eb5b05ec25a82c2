// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace dhs::io {

/// SHA-256 of bytes that come in pieces (OpenSSL: 1.5 to 2 GB/s on a core with SHA instructions).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void Update(const void* data, size_t size);
  /// Lower-case hexadecimal digits. Ends the life of the object.
  std::string FinishHex();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;  // an EVP_MD_CTX
};

}  // namespace dhs::io
