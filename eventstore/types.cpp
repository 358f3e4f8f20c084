#include "eventstore/types.hpp"
