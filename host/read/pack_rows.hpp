// The rows of an import on their way into a packed file: numbered by first appearance, and column by column.
//
// Rows that stand in memory are turned into columns in parallel, some ten thousand at a time; those that come out of
// sorted runs, or are looked at in groups, one after another.
#pragma once
#include "packed/packed_writer.hpp"
#include "read/canonical_stream.hpp"
#include "read/numbering.hpp"

namespace ringscan {

// Gives the writer every row of the stream. `rows`: the store behind it. Counts what the stream leaves out. Inside the
// caller's task arena. Throws what the writer and the numbering throw.
void pack_rows(CanonicalStream& stream, const RowStore& rows, Numbering& number, PackedWriter& writer,
               DropCounts& dropped);

}  // namespace ringscan
