import string

def clean_name(name):
    print_it = False
    if print_it:
        print name
    return string.capitalize(name.strip())
