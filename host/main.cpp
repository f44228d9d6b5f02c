#include "cli/run.hpp"

int main(int argc, char** argv) { return ringscan::run(argc, argv); }
