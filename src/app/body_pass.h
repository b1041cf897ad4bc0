/// \file
/// The bodies of many parts in one reading of what they stand in.
#pragma once

#include <cstddef>
#include <span>

#include "app/part_row.h"

namespace mailtool::app {

/// Takes bodies, one after the other.
class BodyReceiver {
 public:
  virtual ~BodyReceiver() = default;
  /// The body of rows[index] comes next, into the Sink that is answered: that
  /// lives until end_body().
  virtual Result<Sink*> begin_body(std::size_t index) = 0;
  /// It came whole.
  virtual Result<void> end_body(std::size_t index) = 0;
};

/// The body of each of `rows`, in this order; decoded, or with `decoded` false
/// as it stands. The file of a row is not looked at. What an encoded body holds
/// is decoded once for all rows in it, as far as the last of them, if they
/// stand in the order of rows_of() and not within each other; else once more.
/// Fails as the input or `to` does; the body begun last has then no end.
/// `message.input` is not null.
Result<void> copy_bodies(const ParsedMessage& message,
                         std::span<const PartRow* const> rows, bool decoded,
                         BodyReceiver& to);

}  // namespace mailtool::app
