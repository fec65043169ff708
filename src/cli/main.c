#include <stdio.h>

int main(void)
{
    puts("warrant " WARRANT_VERSION);
    return 0;
}
