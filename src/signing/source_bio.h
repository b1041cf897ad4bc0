// A BIO that reads a Source, with every line end as CRLF.
#pragma once

#include <openssl/bio.h>

#include <memory>
#include <optional>
#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::signing {

// What a SourceBio reads from; keeps the Error that ended it.
class CrlfReader {
 public:
  explicit CrlfReader(Source& source) : source_(source) {}
  // Octets copied, 0 at the end, -1 after a failure.
  int read(char* into, int size);
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool fill();

  Source& source_;
  std::string ready_;
  std::size_t used_ = 0;  // of ready_
  char last_ = 0;
  std::optional<Error> error_;
};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, FreeBio>;

// `reader` outlives the BIO. Null only for want of memory.
[[nodiscard]] BioPointer make_source_bio(CrlfReader& reader);

}  // namespace mailtool::signing
