document.title = "The later build";
